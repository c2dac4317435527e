import type { Answered } from '../domain/delivery.ts';

/** How much of an answer's body is kept, in bytes, before and after it is made text. */
export const MAX_BODY_BYTES = 65_536;

/** Room for a body to begin with; most are shorter. */
const FIRST_ROOM_BYTES = 1024;

/** How much of an answer's headers is kept. */
const MAX_HEADERS = 100;
const MAX_HEADER_BYTES = 16_384;

/** What has come of an answer since its status line. */
export class ArrivingAnswer {
  readonly #status: number;
  readonly #headers: Answered['headers'];
  #body = Buffer.alloc(0);
  #length = 0;

  /** @param rawHeaders names and values in turn, one character a byte, as Node gives them */
  constructor(status: number, rawHeaders: readonly string[]) {
    this.#status = status;
    this.#headers = keptHeaders(rawHeaders);
  }

  /**
   * Keeps what there is room for of a piece of the body; false when that was not all of it. The bytes are copied:
   * pieces of one byte each would cost hundreds of times their size.
   */
  take(chunk: Buffer): boolean {
    const wanted = Math.min(this.#length + chunk.length, MAX_BODY_BYTES);
    if (wanted > this.#body.length) {
      const room = Math.min(Math.max(wanted, this.#body.length * 2, FIRST_ROOM_BYTES), MAX_BODY_BYTES);
      this.#body = Buffer.concat([this.#body], room);
    }
    const kept = chunk.copy(this.#body, this.#length, 0, wanted - this.#length);
    this.#length = wanted;
    return kept === chunk.length;
  }

  /** @param complete whether the body ended where it said it would, and all of it was kept */
  outcome(complete: boolean): Answered {
    const bytes = this.#body.subarray(0, this.#length);
    const text = (complete ? bytes.toString() : textUpToCut(bytes)).replaceAll('\0', '\ufffd');
    const kept = withinLimit(text);
    return {
      kind: 'answered',
      status: this.#status,
      headers: this.#headers,
      body: kept,
      truncated: !complete || kept.length < text.length,
    };
  }
}

/** Decodes bytes that may end in the middle of a character, and leaves that character out. */
function textUpToCut(bytes: Buffer): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true });
}

/** U+FFFD takes three bytes where there was one, so text made of binary can outgrow the limit. */
function withinLimit(text: string): string {
  if (text.length * 3 <= MAX_BODY_BYTES) return text;
  const bytes = Buffer.from(text);
  return bytes.length <= MAX_BODY_BYTES ? text : textUpToCut(bytes.subarray(0, MAX_BODY_BYTES));
}

function keptHeaders(raw: readonly string[]): Answered['headers'] {
  const kept = new Map<string, string | string[]>();
  let room = MAX_HEADER_BYTES;
  for (let at = 0; at + 1 < raw.length && at < MAX_HEADERS * 2; at += 2) {
    const name = (raw[at] ?? '').toLowerCase();
    const value = headerText(raw[at + 1] ?? '');
    room -= name.length + Buffer.byteLength(value);
    if (room < 0) break;
    const before = kept.get(name);
    if (before === undefined) kept.set(name, value);
    else if (Array.isArray(before)) before.push(value);
    else kept.set(name, [before, value]);
  }
  return Object.fromEntries(kept);
}

/** A header's value as text: UTF-8 where it is more than ASCII, control characters replaced by U+FFFD. */
function headerText(value: string): string {
  if (/^[\x20-\x7e]*$/.test(value)) return value;
  return Buffer.from(value, 'latin1')
    .toString()
    .replace(/\p{Cc}/gu, '\ufffd');
}
