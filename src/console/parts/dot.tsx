import type { CSSProperties } from 'react';

/** A coloured dot, which only helps what is said beside it. @param color of the theme, such as `teal` */
export function Dot({ color }: { color: string }) {
  return <span className="dot" style={{ '--dot': `var(--mantine-color-${color}-6)` } as CSSProperties} />;
}
