import { theme, variables } from '../theme.ts';
import type { Look } from '../themed.tsx';
import { brandColors, LIGHT_FROM_LUMINANCE, type SchemeColors } from './shades.ts';

/** The console's look in a colour of somebody else. @param color `#rrggbb` */
export function themeIn(color: string): Look {
  const { shades, light: onLight, dark: onDark } = brandColors(color);
  const inBrand = ({ fill, hover, text }: SchemeColors) => ({
    '--mantine-color-anchor': text,
    '--mantine-color-brand-text': text,
    '--mantine-color-brand-light-color': text,
    '--mantine-color-brand-outline': text,
    '--mantine-color-brand-filled': fill,
    '--mantine-color-brand-filled-hover': hover,
  });
  return {
    theme: {
      ...theme,
      colors: { ...theme.colors, brand: shades },
      autoContrast: true,
      luminanceThreshold: LIGHT_FROM_LUMINANCE,
    },
    variables: (resolved) => {
      const { variables: shared, light, dark } = variables(resolved);
      return {
        variables: shared,
        light: { ...light, ...inBrand(onLight) },
        dark: { ...dark, ...inBrand(onDark) },
      };
    },
  };
}
