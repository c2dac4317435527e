import { RE2JS } from 're2js';

/** Longest pattern, in characters. */
const LONGEST_PATTERN = 256;
/** Largest compiled pattern, in RE2 instructions; counted repetitions multiply them. */
export const LARGEST_PROGRAM = 1000;

/** A regular expression whose time grows with the text's length only: RE2, so without lookaround and backreferences. */
export interface LinearRegExp {
  programSize: number;
  test(text: string): boolean;
}

/** A pattern that is refused; the message says why. */
export class PatternRefused extends Error {
  override readonly name = 'PatternRefused';
}

/** @throws {PatternRefused} */
export function linearRegExp(pattern: string): LinearRegExp {
  if (pattern.length > LONGEST_PATTERN) {
    throw new PatternRefused(`A pattern has at most ${LONGEST_PATTERN} characters.`);
  }
  const compiled = compile(pattern);
  const programSize = compiled.programSize();
  if (programSize > LARGEST_PROGRAM) {
    throw new PatternRefused('The pattern is too complex; use smaller counts in its repetitions.');
  }
  return { programSize, test: (text) => compiled.test(text) };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(RE2JS.translateRegExp(pattern));
  } catch {
    throw new PatternRefused(
      'The pattern is not a regular expression that can be checked in linear time (RE2: no lookaround, no backreferences).',
    );
  }
}
