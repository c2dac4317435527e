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

describe.each(COLORS)('%s', (color) => {
  const { shades, hover, text } = brandColors(color);

  test('is what buttons are filled with, and black or white can be read on it, pointed at or not', () => {
    expect(shades[6]).toBe(color);
    const best = contrastOf(color, '#000000') > contrastOf(color, '#ffffff') ? '#000000' : '#ffffff';
    for (const fill of [color, hover]) expect(contrastOf(fill, best), fill).toBeGreaterThanOrEqual(AA);
  });

  test('can be read as text, on the page and on what is raised of it, in both schemes', () => {
    for (const ground of ['#ffffff', '#f7f8fb'])
      expect(contrastOf(text.light, ground)).toBeGreaterThanOrEqual(AA);
    for (const ground of ['#0f121a', '#151923', '#1e2330'])
      expect(contrastOf(text.dark, ground)).toBeGreaterThanOrEqual(AA);
  });

  test('goes from light to dark', () => {
    const contrasts = shades.map((shade) => contrastOf(shade, '#000000'));
    expect(contrasts).toEqual(contrasts.toSorted((one, other) => other - one));
  });
});

test('a colour that can be read stays as it is', () => {
  expect(brandColors('#0f5f58').text.light).toBe('#0f5f58');
  expect(brandColors('#a5b4fc').text.dark).toBe('#a5b4fc');
});
