import { describe, expect, it } from 'vitest';
import { type ExactnessFault, jsonPointer, scanExactness } from '../../src/api/json-exact.ts';

function faultsOf(text: string, maxDepth = 64): [ExactnessFault, string][] {
  const faults: [ExactnessFault, string][] = [];
  scanExactness(text, { maxDepth, onFault: (fault, path) => faults.push([fault, jsonPointer(path)]) });
  return faults;
}

describe('numbers', () => {
  it.each([
    '0',
    '-0',
    '1',
    '1.0',
    '-1.50',
    '1e2',
    '1E+2',
    '100e-2',
    '0.1',
    '123456789012345',
    '1234567890123456',
    '9007199254740991',
    '9007199254740992',
    '9007199254740994',
    '1e21',
    '1e22',
    '1.7976931348623157e308',
    '5e-324',
    '2.2250738585072014e-308',
    '0e400',
    '0.000e-99999',
    '-0.0',
    '0.30000000000000004',
    '1000000000000000000000',
    '0.1000000000000000000000',
    '123456789012345680000',
    `1${'0'.repeat(300)}`,
    `0.${'0'.repeat(300)}1`,
  ])('%s keeps its value and passes', (number) => {
    expect(faultsOf(`[${number}]`)).toEqual([]);
  });

  it.each([
    '9007199254740993',
    '-9007199254740993',
    '1e400',
    '-1e400',
    '1e-400',
    '0.1000000000000000055511151231257827',
    '12345678901234567890',
    '4.9e-324',
    '0.30000000000000001',
    '3.14159265358979323846',
    '1e999999999999999999999',
    `${'9'.repeat(400)}`,
    `0.${'0'.repeat(400)}1`,
    '9007199254740993.0',
    '90071992547409930e-1',
  ])('%s would change its value and is named', (number) => {
    expect(faultsOf(`{"a":[true,${number}]}`)).toEqual([['number_not_exact', '/a/1']]);
  });

  it('are not looked for inside strings', () => {
    expect(faultsOf('{"1e400":"9007199254740993","a":"\\"1e400,","b":"\\\\"}')).toEqual([]);
  });

  it('may be the whole text', () => {
    expect(faultsOf(' 1e400 ')).toEqual([['number_not_exact', '']]);
  });
});

describe('members', () => {
  it.each<[string, string[]]>([
    ['{"a":1,"a":2}', ['/a']],
    ['{"a":1,"\\u0061":2}', ['/a']],
    ['{"a":{"b":[{"c":1,"c":1}]}}', ['/a/b/0/c']],
    ['{"a":1,"a":2,"a":3}', ['/a', '/a']],
    ['{"":1,"":2}', ['/']],
    ['{"a/b":{"~":1,"~":2}}', ['/a~1b/~0']],
    ['{"__proto__":1,"__proto__":2}', ['/__proto__']],
    ['[{"a":1},{"a":1}]', []],
    ['{"a":{"a":{"a":1}}}', []],
    ['{"a":"a","b":"a"}', []],
    ['{"a":[1,"a",{"a":2}],"b":3}', []],
    ['{}', []],
    ['[[],{},[{}]]', []],
  ])('%s names its duplicates: %j', (text, pointers) => {
    expect(faultsOf(text)).toEqual(pointers.map((pointer) => ['duplicate_key', pointer]));
  });
});

describe('nesting', () => {
  it('passes at the limit and is named beyond it, once for each branch', () => {
    expect(faultsOf('[[[]]]', 3)).toEqual([]);
    expect(faultsOf('{"a":[[1]],"b":[[2,"]"]],"c":3}', 2)).toEqual([
      ['nested_too_deep', '/a/0'],
      ['nested_too_deep', '/b/0'],
    ]);
  });

  it('goes on behind what was too deep', () => {
    expect(faultsOf('{"a":[{"]":"}\\"]"}],"b":1e400}', 2)).toEqual([
      ['nested_too_deep', '/a/0'],
      ['number_not_exact', '/b'],
    ]);
  });
});

describe('random texts', () => {
  it('are free of faults exactly when JSON.parse keeps all of them', () => {
    const random = seeded(20_260_515);
    for (let round = 0; round < 5000; round++) {
      const { text, faults } = randomJson(random, 0, '');
      JSON.parse(text);
      expect(faultsOf(text), text).toEqual(faults);
    }
  });

  it('of JSON.stringify have no faults', () => {
    const random = seeded(7);
    for (let round = 0; round < 5000; round++) {
      const text = JSON.stringify(JSON.parse(randomJson(random, 0, '').text));
      expect(faultsOf(text), text).toEqual([]);
    }
  });

  it('numbers are judged as big decimals would be', () => {
    const random = seeded(42);
    for (let round = 0; round < 20_000; round++) {
      const number = randomNumber(random);
      expect(faultsOf(number).length === 0, number).toBe(keepsValue(number));
    }
  });
});

describe('hostile sizes', () => {
  it.each<[string, string]>([
    ['a number of 250,000 digits', '7'.repeat(250_000)],
    ['a number with zeros inside', `1${'0'.repeat(125_000)}1${'0'.repeat(125_000)}`],
    ['130,000 levels', '['.repeat(130_000) + ']'.repeat(130_000)],
    ['30,000 faults', `[${Array(30_000).fill('1e400').join(',')}]`],
    ['a string of backslashes', `"${'\\\\'.repeat(125_000)}"`],
    ['30,000 members', `{${Array.from({ length: 30_000 }, (_, i) => `"k${i}":0`).join(',')}}`],
  ])('%s take no longer than a blink', (_name, text) => {
    const startedAt = performance.now();
    scanExactness(text, { maxDepth: 64, onFault: () => {} });
    expect(performance.now() - startedAt).toBeLessThan(250);
  });
});

type Random = () => number;

/** mulberry32 */
function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

const KEYS = ['a', 'b', '\\u0062', 'c d', '1', '0', '__proto__', 'x/y', '~', '\\"', '', 'é'];
const SCALARS = ['true', 'false', 'null', '""', '"1e400"', '"[{\\"}]"', '0', '-1.5', '1e3'];
const BAD_NUMBERS = ['9007199254740993', '1e400', '-1e-400'];

/** JSON text together with the faults it was given. */
function randomJson(
  random: Random,
  depth: number,
  pointer: string,
): { text: string; faults: [ExactnessFault, string][] } {
  const space = () => pick(random, ['', '', ' ', '\n\t']);
  const kind = random();
  if (depth > 5 || kind < 0.4) {
    if (random() > 0.08) return { text: pick(random, SCALARS), faults: [] };
    return { text: pick(random, BAD_NUMBERS), faults: [['number_not_exact', pointer]] };
  }
  const size = Math.floor(random() * 4);
  const faults: [ExactnessFault, string][] = [];
  if (kind < 0.65) {
    const items = Array.from({ length: size }, (_, index) => {
      const item = randomJson(random, depth + 1, `${pointer}/${index}`);
      faults.push(...item.faults);
      return space() + item.text + space();
    });
    return { text: `[${items.join(',')}]`, faults };
  }
  const seen = new Set<string>();
  const members = Array.from({ length: size }, () => {
    const raw = pick(random, KEYS);
    const key = JSON.parse(`"${raw}"`) as string;
    const here = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    if (seen.has(key)) faults.push(['duplicate_key', here]);
    seen.add(key);
    const value = randomJson(random, depth + 1, here);
    faults.push(...value.faults);
    return `${space()}"${raw}"${space()}:${space()}${value.text}${space()}`;
  });
  return { text: `{${members.join(',')}}`, faults };
}

function randomNumber(random: Random): string {
  const digits = (most: number) =>
    Array.from({ length: 1 + Math.floor(random() * most) }, () => pick(random, [...'0012345678999'])).join(
      '',
    );
  const whole = digits(20).replace(/^0+(?=\d)/, '');
  const fraction = random() < 0.5 ? `.${digits(20)}` : '';
  const exponent = random() < 0.4 ? `e${pick(random, ['', '+', '-'])}${Math.floor(random() * 330)}` : '';
  return `${random() < 0.3 ? '-' : ''}${whole}${fraction}${exponent}`;
}

/** Compares as exact fractions over 10^700. */
function keepsValue(number: string): boolean {
  const value = Number(number);
  return Number.isFinite(value) && scaled(number) === scaled(JSON.stringify(value));
}

function scaled(number: string): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(number) ?? [];
  const magnitude = BigInt(`${whole}${fraction}`) * 10n ** BigInt(700 - fraction.length + Number(exponent));
  return sign === '-' ? -magnitude : magnitude;
}
