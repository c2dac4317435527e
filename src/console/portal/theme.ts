import type { CSSVariablesResolver, MantineThemeOverride } from '@mantine/core';
import { theme, variables } from '../theme.ts';
import { brandColors, LIGHT_FROM_LUMINANCE } from './shades.ts';

/** The console's look in a colour of somebody else. @param color `#rrggbb` */
export function themeIn(color: string): { theme: MantineThemeOverride; variables: CSSVariablesResolver } {
  const { shades, hover, text } = brandColors(color);
  const inBrand = (readable: string) => ({
    '--mantine-color-anchor': readable,
    '--mantine-color-brand-text': readable,
    '--mantine-color-brand-light-color': readable,
    '--mantine-color-brand-outline': readable,
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
        light: { ...light, ...inBrand(text.light) },
        dark: { ...dark, ...inBrand(text.dark) },
      };
    },
  };
}
