import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

const brand: MantineColorsTuple = [
  '#eef2ff',
  '#e0e7ff',
  '#c7d2fe',
  '#a5b4fc',
  '#818cf8',
  '#6366f1',
  '#4f46e5',
  '#4338ca',
  '#3730a3',
  '#312e81',
];

const slate: MantineColorsTuple = [
  '#e6e8ee',
  '#c6cad4',
  '#a3a9b8',
  '#7d8496',
  '#454c5e',
  '#2b3140',
  '#1e2330',
  '#151923',
  '#0f121a',
  '#0a0c12',
];

export const theme = createTheme({
  primaryColor: 'brand',
  primaryShade: { light: 6, dark: 6 },
  colors: { brand, dark: slate },
  defaultRadius: 'md',
  fontFamily: 'Inter, ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  headings: { fontWeight: '650', sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.0625rem' } } },
  focusRing: 'auto',
  cursorType: 'pointer',
  components: {
    NavLink: { defaultProps: { style: { borderRadius: 'var(--mantine-radius-md)' } } },
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
    Checkbox: { defaultProps: { radius: 'sm' } },
  },
});

/** Greys that can be read on their ground (WCAG AA), which the library's own are not everywhere. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-text': '#1a2033',
    '--mantine-color-dimmed': '#596275',
    '--mantine-color-placeholder': '#6b7386',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-anchor': 'var(--mantine-color-brand-7)',
    '--mantine-color-red-light-color': '#b42323',
    '--mantine-color-orange-light-color': '#9a3f0c',
    '--mantine-color-gray-light-color': '#495160',
    '--mantine-color-teal-light-color': '#066e4f',
    '--page-ground': '#f7f8fb',
    '--page-line': '#e4e7ee',
  },
  dark: {
    '--mantine-color-dimmed': '#a3a9b8',
    '--mantine-color-placeholder': '#8f97a9',
    '--mantine-color-error': '#ff8787',
    '--mantine-color-anchor': 'var(--mantine-color-brand-3)',
    '--page-ground': '#0f121a',
    '--page-line': '#2b3140',
  },
});
