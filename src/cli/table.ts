import { type Paint, type Style, statusStyle } from './paint.ts';
import { cut, oneLine, widthOf } from './text.ts';

export interface Column<Row> {
  title: string;
  value(row: Row): string | number | undefined;
  /** `status`: coloured by what it says. */
  style?: Style | 'status';
  /** Numbers stand to the right. */
  right?: true;
  /** May be cut where the terminal is too narrow; ids never are, for they are copied. */
  shrinks?: true;
}

const GAP = '  ';
const NARROWEST = 8;

/**
 * A table whose columns are as wide as what is in them, and which fits the width where columns may shrink. One with
 * nothing in it is left out.
 */
export function table<Row>(
  all: readonly Column<Row>[],
  rows: readonly Row[],
  { width, paint }: { width: number; paint: Paint },
): string {
  const columns = all.filter(({ value }) => rows.some((row) => value(row) !== undefined));
  const cells = rows.map((row) => columns.map(({ value }) => oneLine(String(value(row) ?? ''))));
  const widths = fitted(
    columns,
    columns.map(({ title }, n) => Math.max(widthOf(title), ...cells.map((line) => widthOf(line[n] ?? '')))),
    width,
  );
  const line = (texts: readonly string[], styleOf: (n: number, text: string) => Style | undefined) =>
    columns
      .map(({ right }, n) => {
        const text = cut(texts[n] ?? '', widths[n] ?? 0);
        const space = ' '.repeat((widths[n] ?? 0) - widthOf(text));
        const painted = paint(styleOf(n, text), text);
        const last = n === columns.length - 1;
        return right ? space + painted : painted + (last ? '' : space);
      })
      .join(GAP)
      .trimEnd();
  return [
    line(
      columns.map(({ title }) => title.toUpperCase()),
      () => 'dim',
    ),
    ...cells.map((texts) =>
      line(texts, (n, text) => {
        const style = columns[n]?.style;
        return style === 'status' ? statusStyle(text) : style;
      }),
    ),
  ].join('\n');
}

/** Takes from the widest that may shrink, until it fits or they are as narrow as makes sense. */
function fitted(columns: readonly { shrinks?: true }[], wanted: readonly number[], width: number): number[] {
  const widths = [...wanted];
  const total = () => widths.reduce((sum, one) => sum + one, GAP.length * (widths.length - 1));
  while (total() > width) {
    const candidates = columns.flatMap(({ shrinks }, n) =>
      shrinks && (widths[n] ?? 0) > NARROWEST ? [n] : [],
    );
    const [first, ...others] = candidates;
    if (first === undefined) break;
    const widest = others.reduce((best, n) => ((widths[n] ?? 0) > (widths[best] ?? 0) ? n : best), first);
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

/** Names and values below each other; what is undefined is left out. */
export function fields(
  pairs: readonly (readonly [
    name: string,
    value: string | number | boolean | undefined,
    style?: Style | undefined,
  ])[],
  paint: Paint,
): string {
  const there = pairs.filter(([, value]) => value !== undefined);
  const width = Math.max(0, ...there.map(([name]) => widthOf(name)));
  return there
    .map(
      ([name, value, style]) =>
        `${paint('dim', name.padEnd(width))}${GAP}${paint(style, oneLine(String(value)))}`,
    )
    .join('\n');
}
