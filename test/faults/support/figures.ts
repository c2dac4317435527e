import { appendFileSync } from 'node:fs';

/** What was measured while a fault was proven to be harmless. */
export interface Figures {
  events?: number;
  /** Processes killed. */
  kills?: number;
  /** How long a store was away, in milliseconds. */
  outageMs?: number;
  /** Requests that the receiver got. */
  posts?: number;
  /** Of them, repeats of an attempt that the receiver had got before. */
  duplicates?: number;
  /** Attempts that the record calls interrupted. */
  interrupted?: number;
  /** Deliveries with a workflow of their own. */
  workflows?: number;
  /** Workflows that carried many first attempts. */
  bursts?: number;
  /** From the fault, or its end, until the last delivery had succeeded, in milliseconds. */
  recoveredMs?: number;
  [more: string]: number | undefined;
}

/** Prints the figures of a case, and appends them as a line of JSON to the file that FAULT_FIGURES names. */
export function figure(name: string, figures: Figures): void {
  const line = JSON.stringify({ case: name, ...figures });
  console.log(line);
  const { FAULT_FIGURES } = process.env;
  if (FAULT_FIGURES) appendFileSync(FAULT_FIGURES, `${line}\n`);
}
