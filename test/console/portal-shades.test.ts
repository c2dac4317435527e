import { describe, expect, test } from 'vitest';
import { brandColors, contrastOf } from '../../src/console/portal/shades.ts';

const AA = 4.5;

/** The corners and the middle of the cube of colours, and some that people choose. */
const COLORS = ['00', '80', 'ff']
  .flatMap((red) =>
    ['00', '80', 'ff'].flatMap((green) => ['00', '80', 'ff'].map((blue) => red + green + blue)),
  )
  .concat('0f766e', 'ffcc00', 'e11d48', '7f7f7f', '757575', '787878', 'f7f8fb', '151923', '4f46e5')
  .map((digits) => `#${digits}`);

test('contrast is that of WCAG', () => {
  expect(contrastOf('#000000', '#ffffff')).toBe(21);
  expect(contrastOf('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  expect(contrastOf('#4f46e5', '#4f46e5')).toBe(1);
});

const GROUNDS = { light: ['#ffffff', '#f7f8fb'], dark: ['#0f121a', '#151923', '#1e2330'] } as const;

describe.each(COLORS)('%s', (color) => {
  const colors = brandColors(color);
  const { shades } = colors;

  test.each(['light', 'dark'] as const)('can be told and read in the %s scheme', (scheme) => {
    const { fill, hover, text } = colors[scheme];
    // Chosen by the component library, for the colour as it is.
    const written = contrastOf(color, '#000000') > contrastOf(color, '#ffffff') ? '#000000' : '#ffffff';
    for (const behind of [color, fill, hover])
      expect(contrastOf(behind, written), behind).toBeGreaterThanOrEqual(AA);
    for (const ground of GROUNDS[scheme]) {
      expect(contrastOf(text, ground)).toBeGreaterThanOrEqual(AA);
      expect(contrastOf(fill, ground)).toBeGreaterThanOrEqual(1.25);
    }
  });

  test('goes from light to dark', () => {
    const contrasts = shades.map((shade) => contrastOf(shade, '#000000'));
    expect(contrasts).toEqual(contrasts.toSorted((one, other) => other - one));
  });
});

test('a colour that can be seen and read stays as it is', () => {
  expect(brandColors('#0f5f58').shades[6]).toBe('#0f5f58');
  expect(brandColors('#0f5f58').light).toMatchObject({ fill: '#0f5f58', text: '#0f5f58' });
  expect(brandColors('#a5b4fc').dark).toMatchObject({ fill: '#a5b4fc', text: '#a5b4fc' });
  expect(brandColors('#ffcc00').light.fill).toBe('#ffcc00');
});
