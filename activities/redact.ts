import type { Outcome } from '../src/domain/delivery.ts';
import { standardKey } from '../src/profiles/secret.ts';

const REDACTED = '[redacted]';

/** A piece of a secret of this many characters is taken for the secret: part of one must not be kept either. */
const PIECE = 12;

/** Fewer characters than this, at a cut, say too little of a secret to matter. */
const LEAST_AT_CUT = 4;

/** Escapes of URLs, JSON, HTML and quoted-printable, and the white space at which text is folded. */
const ESCAPED = /%[0-9a-f]{2}|\\u[0-9a-f]{4}|\\x[0-9a-f]{2}|\\\/|&#x[0-9a-f]{1,6};|&#\d{1,7};|=\r?\n|\s/giu;

/**
 * An outcome without what the endpoint echoed of our secrets: as they are, as hex or base64 of themselves or of
 * their key, escaped for URL, JSON or HTML, folded over lines, in pieces, or cut off where no more was kept.
 */
export function redacted(outcome: Outcome, secrets: readonly string[]): Outcome {
  const needles = needlesOf(secrets);
  const redact = (text: string, isCut = false) => withoutNeedles(text, needles, isCut);
  if (outcome.kind !== 'answered') return { ...outcome, detail: redact(outcome.detail) };
  const headers = Object.fromEntries(
    Object.entries(outcome.headers).map(([name, value]) => [
      redact(name),
      Array.isArray(value) ? value.map((one) => redact(one)) : redact(value),
    ]),
  );
  return { ...outcome, headers, body: redact(outcome.body, outcome.truncated) };
}

/** Endpoints whose needles are kept: to make them costs as much as to sign. */
const MOST_KEPT = 1000;
const kept = new Map<string, Needles>();

function needlesOf(secrets: readonly string[]): Needles {
  const name = secrets.join(' ');
  const known = kept.get(name);
  if (known) return known;
  const [oldest] = kept.keys();
  if (kept.size >= MOST_KEPT && oldest !== undefined) kept.delete(oldest);
  const made = makeNeedles(secrets);
  kept.set(name, made);
  return made;
}

/** What to look for. */
interface Needles {
  /** Whole, each longer than {@link LEAST_AT_CUT}, for ends that were cut. */
  whole: string[];
  /** Shorter than a piece. */
  short: string[];
  pieces: Set<string>;
}

function makeNeedles(secrets: readonly string[]): Needles {
  const all = [...new Set(secrets.flatMap(spellings))];
  const pieces = new Set<string>();
  for (const needle of all)
    for (let at = 0; at + PIECE <= needle.length; at++) pieces.add(needle.slice(at, at + PIECE));
  return { whole: all, short: all.filter(({ length }) => length < PIECE), pieces };
}

/** The ways to write a secret, without white space; a `+` is a space to who decodes a form. */
function spellings(secret: string): string[] {
  const key = standardKey(secret);
  const encoded = [Buffer.from(secret), key].flatMap((bytes) => [...base64s(bytes), ...hexes(bytes)]);
  return [secret, secret.replaceAll('+', ''), ...encoded]
    .map((text) => text.replace(/\s/gu, ''))
    .filter((text) => text !== '');
}

function hexes(bytes: Buffer): string[] {
  const hex = bytes.toString('hex');
  return [hex, hex.toUpperCase()];
}

/** What of the base64 of a text stays the same wherever in the text the bytes stand, in both alphabets. */
function base64s(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes]);
    const own = whole
      .toString('base64')
      .slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

function withoutNeedles(text: string, needles: Needles, isCut: boolean): string {
  if (text.length < PIECE && needles.short.length === 0 && !isCut) return text;
  const plain = unescaped(text);
  let clean = '';
  let end = 0;
  for (const [from, to] of spansOf(plain.text, needles, isCut)) {
    clean += text.slice(end, plain.begin(from)) + REDACTED;
    end = plain.end(to - 1);
  }
  return end === 0 ? text : clean + text.slice(end);
}

/** Where secrets or parts of them stand, in order and apart. */
function spansOf(text: string, { whole, short, pieces }: Needles, isCut: boolean): [number, number][] {
  const spans: [number, number][] = [];
  const add = (from: number, to: number) => {
    const last = spans.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else spans.push([from, to]);
  };
  for (let at = 0; at < text.length; at++) {
    if (pieces.has(text.slice(at, at + PIECE))) add(at, at + PIECE);
    for (const needle of short) if (text.startsWith(needle, at)) add(at, at + needle.length);
    const left = text.length - at;
    const endsHere = isCut && left < PIECE && left >= LEAST_AT_CUT;
    if (endsHere && whole.some((needle) => needle.startsWith(text.slice(at)))) add(at, text.length);
  }
  return spans;
}

interface Unescaped {
  text: string;
  /** Where in the original each character begins and ends. */
  begin(at: number): number;
  end(at: number): number;
}

/** A text without its escapes and white space. */
function unescaped(original: string): Unescaped {
  let text = '';
  let done = 0;
  const begins: number[] = [];
  const ends: number[] = [];
  const take = (characters: string, begin: number, step: number, end: number) => {
    text += characters;
    for (let at = 0; at < characters.length; at++) {
      begins.push(begin + at * step);
      ends.push(step === 0 ? end : begin + at + 1);
    }
  };
  for (const { 0: escaped, index } of original.matchAll(ESCAPED)) {
    take(original.slice(done, index), done, 1, index);
    done = index + escaped.length;
    take(characterOf(escaped), index, 0, done);
  }
  take(original.slice(done), done, 1, original.length);
  return { text, begin: (at) => begins[at] ?? original.length, end: (at) => ends[at] ?? original.length };
}

function characterOf(escaped: string): string {
  if (/^(?:\s|=\r?\n)$/u.test(escaped)) return '';
  if (escaped === '\\/') return '/';
  const [, hex] = /^(?:%|\\u|\\x|&#x)([0-9a-f]+)/i.exec(escaped) ?? [];
  const code = hex === undefined ? Number(/\d+/.exec(escaped)?.[0]) : Number.parseInt(hex, 16);
  return code <= 0xffff ? String.fromCharCode(code) : '';
}
