import type { Machine } from './machine.ts';
import type { Figure } from './scenario.ts';

/** What a machine at rest needs for itself. */
const UNDISTURBED = 0.05;

/** One figure of the product beside the baseline's. */
export interface Row extends Figure {
  /** The same with no Temporal in it. */
  raw: number;
  /** Product to raw. */
  ratio: number;
  /** Absent without a target. */
  met?: boolean;
}

/** What the bench found, as it stands in the JSON. */
export interface Report {
  startedAt: string;
  /** A run too short for its figures to mean anything. */
  quick: boolean;
  machine: Machine;
  figures: Row[];
  /** The share of all cores, 0 to 1, that went to processes that are no part of the bench. */
  othersShare: { product: number; raw: number };
  /** Events that were received more than once. */
  repeats: number;
  /** Warnings and errors in the product's log. */
  warnings: number;
}

export function toRows(product: readonly Figure[], raw: readonly Figure[]): Row[] {
  const rawById = new Map(raw.map(({ id, value }) => [id, value]));
  return product.map((figure) => {
    const rawValue = rawById.get(figure.id) ?? Number.NaN;
    const { target, value } = figure;
    return {
      ...figure,
      raw: rawValue,
      ratio: value / rawValue,
      ...(target && { met: 'atLeast' in target ? value >= target.atLeast : value <= target.atMost }),
    };
  });
}

/** The table for people. */
export function table({ machine, figures, quick, othersShare, repeats, warnings }: Report): string {
  const { versions } = machine;
  const lines = [
    `Posthaste ${versions.posthaste}, everything on ${machine.cores} cores (${machine.cpu}, ${machine.memoryGB} GB, ${machine.platform})`,
    `Node ${versions.node}, Temporal ${versions.temporal}, PostgreSQL ${versions.postgres}`,
    `Synced to disk in ${round(machine.fsyncMs)} ms; taken by other programs meanwhile: ${percent(othersShare.product)} of the cores (raw: ${percent(othersShare.raw)})`,
    ...(othersShare.product > UNDISTURBED || othersShare.raw > UNDISTURBED
      ? ['Other programs disturbed this run: its figures are worse than the product.']
      : []),
    ...(quick ? ['A quick run: too short for its figures to mean anything.'] : []),
    '',
    row('', 'product', 'raw', 'ratio', 'target'),
    ...figures.map((figure) =>
      row(
        `${figure.label} (${figure.unit})`,
        round(figure.value),
        round(figure.raw),
        round(figure.ratio),
        targetOf(figure),
      ),
    ),
    '',
    `Events received twice: ${repeats}. Warnings in the product's log: ${warnings}.`,
    'Raw: the same path in the same run, with no Temporal in it.',
  ];
  return lines.join('\n');
}

function targetOf({ target, met }: Row): string {
  if (!target) return '';
  const words = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`;
  return `${words}: ${met ? 'met' : 'MISSED'}`;
}

function row(label: string, ...[product, raw, ratio, target]: [string, string, string, string]): string {
  return `${label.padEnd(58)}${product.padStart(10)}${raw.padStart(10)}${ratio.padStart(8)}  ${target}`.trimEnd();
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function round(value: number): string {
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
