import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

interface TileProps {
  title: string;
  /** The figure that is seen first. */
  figure: ReactNode;
  children?: ReactNode;
}

export function Tile({ title, figure, children }: TileProps) {
  return (
    <section className="panel tile" aria-label={title}>
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <div className="tile-figure">{figure}</div>
      <Text size="sm" c="dimmed" component="div" className="tile-more">
        {children}
      </Text>
    </section>
  );
}
