/** How something looks on a terminal; an unknown word is left as it is. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';
export type Paint = (style: Style | undefined, text: string) => string;

const CODES: Record<Style, [number, number]> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Colours are for terminals, and not for those who asked for none (https://no-color.org). */
export function paintFor(stream: { isTTY?: boolean }, env: NodeJS.ProcessEnv): Paint {
  const coloured = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb';
  return (style, text) => {
    if (!coloured || style === undefined || text === '') return text;
    const [on, off] = CODES[style];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
}

const STATUS_STYLES: Record<string, Style> = {
  active: 'green',
  succeeded: 'green',
  completed: 'green',
  valid: 'green',
  pending: 'cyan',
  delivering: 'cyan',
  running: 'cyan',
  retrying: 'yellow',
  held: 'yellow',
  paused: 'yellow',
  expired: 'yellow',
  failed: 'red',
  disabled: 'red',
  invalid: 'red',
  missing: 'red',
  cancelled: 'dim',
};

/** Of a status of an endpoint, a delivery, a recovery or a signature. */
export function statusStyle(status: string): Style | undefined {
  return STATUS_STYLES[status];
}
