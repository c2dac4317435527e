import { escapePointer } from './body.ts';

/** The place of a value in a JSON text: member names and array indexes from the root. */
export type JsonPath = readonly (string | number)[];

/** What of a JSON text would not reach a receiver as it was written. */
export type ExactnessFault = 'number_not_exact' | 'duplicate_key' | 'nested_too_deep';

export interface ExactnessScan {
  /** Containers within containers that are allowed, the root being the first. What lies deeper is not looked at. */
  maxDepth: number;
  /** Told of each fault, in the order of the text. `path` changes after the call: copy what is kept. */
  onFault(fault: ExactnessFault, path: JsonPath, detail: string): void;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** A number of at most this many characters and without an exponent is always exact: 15 digits fit a double. */
const ALWAYS_EXACT_LENGTH = 15;

/**
 * Finds what `JSON.stringify(JSON.parse(text))` would change in value or lose: numbers that no double holds,
 * and members that appear twice. Reads the text once, without recursion.
 *
 * @param text must be one that JSON.parse accepts; it is not checked again
 */
export function scanExactness(text: string, { maxDepth, onFault }: ExactnessScan): void {
  const path: (string | number)[] = [];
  /** The member names seen in each open object; null for an open array. */
  const open: (Set<string> | null)[] = [];
  let keyIsNext = false;
  let at = 0;
  while (at < text.length) {
    switch (text[at]) {
      case '{':
      case '[':
        if (open.length === maxDepth) {
          onFault('nested_too_deep', path, 'Nested too deep.');
          at = endOfContainer(text, at);
          break;
        }
        keyIsNext = text[at] === '{';
        open.push(keyIsNext ? new Set() : null);
        path.push(keyIsNext ? '' : 0);
        at++;
        break;
      case '}':
      case ']':
        open.pop();
        path.pop();
        at++;
        break;
      case ',': {
        const index = path[path.length - 1];
        keyIsNext = open[open.length - 1] !== null;
        if (!keyIsNext) path[path.length - 1] = (index as number) + 1;
        at++;
        break;
      }
      case '"': {
        const end = endOfString(text, at);
        const keys = open[open.length - 1];
        if (keyIsNext && keys) {
          keyIsNext = false;
          const key = stringOf(text, at, end);
          path[path.length - 1] = key;
          if (keys.has(key)) onFault('duplicate_key', path, 'This member appears more than once.');
          keys.add(key);
        }
        at = end;
        break;
      }
      default: {
        const end = endOfNumber(text, at);
        if (end > at) {
          const number = text.slice(at, end);
          if (!isExact(number)) onFault('number_not_exact', path, inexact(number));
        }
        at = Math.max(end, at + 1);
      }
    }
  }
}

/** RFC 6901. */
export function jsonPointer(path: JsonPath): string {
  return path.map((key) => `/${escapePointer(String(key))}`).join('');
}

function stringOf(text: string, start: number, end: number): string {
  const raw = text.slice(start + 1, end - 1);
  return raw.includes('\\') ? JSON.parse(`"${raw}"`) : raw;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  for (let code = text.charCodeAt(at); code !== QUOTE; code = text.charCodeAt(at)) {
    at += code === BACKSLASH ? 2 : 1;
  }
  return at + 1;
}

function endOfContainer(text: string, start: number): number {
  let depth = 0;
  let at = start;
  do {
    const char = text[at];
    if (char === '{' || char === '[') depth++;
    else if (char === '}' || char === ']') depth--;
    at = char === '"' ? endOfString(text, at) : at + 1;
  } while (depth > 0);
  return at;
}

/** Where the number that starts here ends; `start` when none does. */
function endOfNumber(text: string, start: number): number {
  const first = text.charCodeAt(start);
  if (first !== 0x2d && !(first >= 0x30 && first <= 0x39)) return start;
  let at = start + 1;
  while (at < text.length && '0123456789.eE+-'.includes(text[at] as string)) at++;
  return at;
}

function isExact(number: string): boolean {
  if (number.length <= ALWAYS_EXACT_LENGTH && !/e/i.test(number)) return true;
  const value = Number(number);
  return Number.isFinite(value) && decimalValue(number) === decimalValue(String(value));
}

/** A number's decimal value in one spelling: its sign, its digits without outer zeros, and their exponent. */
function decimalValue(number: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(number) ?? [];
  const digits = whole + fraction;
  let start = 0;
  while (digits[start] === '0') start++;
  let end = digits.length;
  while (end > start && digits[end - 1] === '0') end--;
  if (start === end) return '0';
  const scale = Number(exponent) - fraction.length + (digits.length - end);
  return `${sign}${digits.slice(start, end)}e${scale}`;
}

function inexact(number: string): string {
  const value = Number(number);
  const shown = number.length > 40 ? `${number.slice(0, 40)}…` : number;
  const becomes = Number.isFinite(value) ? String(value) : 'infinite';
  return `${shown} would become ${becomes} in a JSON parser with double precision; send it as a string.`;
}
