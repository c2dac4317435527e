import { type Paint, paintFor } from './paint.ts';
import { type Column, fields, table } from './table.ts';

/** The streams and the environment that a command line runs with. */
export interface Io {
  env: NodeJS.ProcessEnv;
  stdin: NodeJS.ReadStream;
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/** Says what came out: one JSON document for programs, or text for people. */
export class Output {
  readonly json: boolean;
  readonly paint: Paint;
  readonly #io: Io;

  constructor(io: Io, json: boolean) {
    this.#io = io;
    this.json = json;
    this.paint = paintFor(io.stdout, io.env);
  }

  /** One document, or what is said in its place. */
  result(document: unknown, text: () => string): void {
    this.#io.stdout.write(`${this.json ? JSON.stringify(document, null, 2) : text()}\n`);
  }

  /** One of many, as they come: a line of JSON, or what is said in its place. */
  line(document: unknown, text: () => string): void {
    this.#io.stdout.write(`${this.json ? JSON.stringify(document) : text()}\n`);
  }

  /** A remark beside the result, for people only. */
  remark(text: string): void {
    if (!this.json) this.#io.stderr.write(`${text}\n`);
  }

  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
    const { isTTY, columns: width } = this.#io.stdout;
    return table(columns, rows, { width: isTTY ? width : Number.POSITIVE_INFINITY, paint: this.paint });
  }

  fields(pairs: Parameters<typeof fields>[0]): string {
    return fields(pairs, this.paint);
  }

  heading(text: string): string {
    return this.paint('bold', text);
  }
}
