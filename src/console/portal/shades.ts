/** From light to dark, as the component library wants them. */
export type Shades = [string, string, string, string, string, string, string, string, string, string];

/** What a colour needs for text in it and on it to be read (WCAG AA), whatever colour it is. */
export interface BrandColors {
  /** The colour itself is the seventh. */
  shades: Shades;
  light: SchemeColors;
  dark: SchemeColors;
}

/** In one colour scheme, each as near to the colour as it can be. */
export interface SchemeColors {
  /** What buttons are filled with: to be seen on the page. */
  fill: string;
  /** Of a filled button that is pointed at. */
  hover: string;
  /** The colour as text. */
  text: string;
}

type Scheme = 'light' | 'dark';

type Rgb = [number, number, number];

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];
/** What the colour stands on: the page, and what is raised of it. */
const GROUNDS = { light: ['#ffffff', '#f7f8fb'], dark: ['#0f121a', '#151923', '#1e2330'] } as const;
/** Away from the grounds. */
const END = { light: BLACK, dark: WHITE } as const;
/** How much of the colour itself may be laid over the ground. */
const TINT = { light: 0.12, dark: 0.2 } as const;
/** A little more than the 4.5 of AA: what is laid over is not reckoned to the last digit. */
const LEAST_TEXT_CONTRAST = 4.6;
/** Enough to see where a button ends; what is written on it says what it is. */
const LEAST_FILL_CONTRAST = 1.25;

/** Above this luminance black on the colour has at least 4.5 of contrast, below it white has. */
export const LIGHT_FROM_LUMINANCE = 0.179;

/** @param color `#rrggbb` */
export function brandColors(color: string): BrandColors {
  const own = rgb(color);
  const towards = (end: Rgb, part: number) => hex(mix(own, end, part));
  return {
    shades: [
      towards(WHITE, 0.92),
      towards(WHITE, 0.84),
      towards(WHITE, 0.68),
      towards(WHITE, 0.5),
      towards(WHITE, 0.32),
      towards(WHITE, 0.16),
      hex(own),
      towards(BLACK, 0.14),
      towards(BLACK, 0.28),
      towards(BLACK, 0.42),
    ],
    light: colorsIn('light', own),
    dark: colorsIn('dark', own),
  };
}

function colorsIn(scheme: Scheme, own: Rgb): SchemeColors {
  const grounds = GROUNDS[scheme].map(rgb);
  const tinted = grounds.map((ground) => mix(ground, own, TINT[scheme]));
  const fill = awayFrom(grounds, LEAST_FILL_CONTRAST, own, END[scheme]);
  // So that what is written on it is read at least as well.
  const hover = mix(fill, luminance(own) > LIGHT_FROM_LUMINANCE ? WHITE : BLACK, 0.14);
  const text = awayFrom([...grounds, ...tinted], LEAST_TEXT_CONTRAST, own, END[scheme]);
  return { fill: hex(fill), hover: hex(hover), text: hex(text) };
}

/** The colour, with so much of black or white in it that it has this contrast to all grounds. */
function awayFrom(grounds: readonly Rgb[], least: number, own: Rgb, end: Rgb): Rgb {
  for (let part = 0; part < 1; part += 0.02) {
    const mixed = mix(own, end, part);
    if (grounds.every((ground) => contrast(mixed, ground) >= least)) return mixed;
  }
  return end;
}

/** As WCAG reckons it, from 1 to 21. */
export function contrastOf(one: string, other: string): number {
  return contrast(rgb(one), rgb(other));
}

function contrast(one: Rgb, other: Rgb): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: Rgb): number {
  const [red = 0, green = 0, blue = 0] = color.map((value) => {
    const part = value / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param part of the other, 0 to 1 */
function mix([red, green, blue]: Rgb, [otherRed, otherGreen, otherBlue]: Rgb, part: number): Rgb {
  const between = (one: number, other: number) => Math.round(one + (other - one) * part);
  return [between(red, otherRed), between(green, otherGreen), between(blue, otherBlue)];
}

function rgb(color: string): Rgb {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

function hex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
