import type { Machine } from './machine.ts';
import type { Figure, Target } from './scenario.ts';

/** What a machine at rest needs for itself. */
const UNDISTURBED = 0.05;

/** One figure of the product, beside the baseline's where there is one. */
export interface Row extends Figure {
  /** The same with no Temporal in it. */
  raw?: number;
  /** Product to raw. */
  ratio?: number;
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
  /** Scenarios that broke off, and why; their figures are missing. */
  failures: string[];
  /** The share of all cores, 0 to 1, that went to processes that are no part of the bench, by what was measured. */
  othersShare: Record<string, number>;
  /** Deliveries that were received more than once. */
  repeats: number;
  /** Warnings and errors in the product's log. */
  warnings: number;
}

export function toRows(product: readonly Figure[], raw: readonly Figure[]): Row[] {
  const rawById = new Map(raw.map(({ id, value }) => [id, value]));
  return product.map((figure) => {
    const rawValue = rawById.get(figure.id);
    const ratio = rawValue === undefined ? undefined : figure.value / rawValue;
    return {
      ...figure,
      ...(rawValue !== undefined && { raw: rawValue }),
      ...(ratio !== undefined && { ratio }),
      ...(figure.target && { met: isMet(figure.target, figure.value, ratio) }),
    };
  });
}

/** What could not be measured meets nothing. */
function isMet({ atLeast, atMost, atLeastOfRaw }: Target, value: number, ratio = Number.NaN): boolean {
  return (
    (atLeast === undefined || value >= atLeast) &&
    (atMost === undefined || value <= atMost) &&
    (atLeastOfRaw === undefined || ratio >= atLeastOfRaw)
  );
}

/** The table for people. */
export function table(report: Report): string {
  const { machine, figures, failures, quick, othersShare, repeats, warnings } = report;
  const { versions } = machine;
  const mostTaken = Math.max(0, ...Object.values(othersShare));
  const lines = [
    `Posthaste ${versions.posthaste}, everything on ${machine.cores} cores (${machine.cpu}, ${machine.memoryGB} GB, ${machine.platform})`,
    `Node ${versions.node}, Temporal ${versions.temporal}, PostgreSQL ${versions.postgres}`,
    `Synced to disk in ${round(machine.fsyncMs)} ms; taken by other programs meanwhile: at most ${percent(mostTaken)} of the cores`,
    ...(mostTaken > UNDISTURBED
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
    ...failures.map((failure) => `BROKE OFF: ${failure}`),
    `Deliveries received twice: ${repeats}. Warnings in the product's log: ${warnings}.`,
    'Raw: the same path in the same run, with no Temporal in it.',
  ];
  return lines.join('\n');
}

function targetOf({ target, met }: Row): string {
  if (!target) return '';
  const words = [
    target.atLeast !== undefined && `at least ${target.atLeast}`,
    target.atMost !== undefined && `at most ${target.atMost}`,
    target.atLeastOfRaw !== undefined && `at least ${target.atLeastOfRaw} of raw`,
  ].filter((word) => word !== false);
  return `${words.join(', ')}: ${met ? 'met' : 'MISSED'}`;
}

function row(label: string, ...[product, raw, ratio, target]: [string, string, string, string]): string {
  return `${label.padEnd(64)}${product.padStart(9)}${raw.padStart(9)}${ratio.padStart(7)}  ${target}`.trimEnd();
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function round(value?: number): string {
  if (value === undefined) return '';
  if (!Number.isFinite(value)) return '-';
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
