import { expect, test } from 'vitest';
import { z } from 'zod';
import { isAway, parseOr400, toProblem } from '../../src/api/problem.ts';
import { AppError } from '../../src/domain/errors.ts';

const withCode = (code: string) => Object.assign(new Error('no'), { code });

function errorsOf(schema: z.ZodType, value: unknown, where: 'body' | 'parameters' = 'body') {
  try {
    parseOr400(schema, value, where);
  } catch (error) {
    return (error as AppError).errors;
  }
  return [];
}

test('an AppError is told as it is', () => {
  const { problem } = toProblem(
    new AppError(409, 'conflict', 'Taken.', [{ pointer: '/id', detail: 'x' }]),
    'r1',
  );
  expect(problem).toEqual({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    code: 'conflict',
    detail: 'Taken.',
    errors: [{ pointer: '/id', detail: 'x' }],
  });
});

test('a fault of ours tells nothing but where to look it up', () => {
  const { problem } = toProblem(new Error('password=hunter2 at 10.0.0.1'), 'r2');
  expect(problem).toMatchObject({ status: 500, code: 'internal_error', requestId: 'r2' });
  expect(JSON.stringify(problem)).not.toContain('hunter2');
});

test.each(['ECONNREFUSED', 'ECONNRESET', '57P01', '57P03', '08006', '53300', '57014', '40001'])(
  'the database being away (%s) is a 503 that says when to try again',
  (code) => {
    const { problem, headers } = toProblem(withCode(code), 'r3');
    expect(problem).toMatchObject({ status: 503, code: 'unavailable', requestId: 'r3' });
    expect(headers['Retry-After']).toMatch(/^\d+$/);
  },
);

test.each(['23505', '22P02', '42601', 'ERR_INVALID_ARG_TYPE'])(
  '%s is our own fault, not an outage',
  (code) => {
    expect(isAway(withCode(code))).toBe(false);
  },
);

test('a 401 says how to authenticate', () => {
  expect(toProblem(new AppError(401, 'unauthorized', 'No.'), 'r').headers['WWW-Authenticate']).toBe('Bearer');
});

test('unknown fields are named by their pointer', () => {
  const schema = z.strictObject({ a: z.strictObject({ b: z.string() }) });
  expect(errorsOf(schema, { a: { b: 'x', 'c/d~': 1 }, e: 2 }).map(({ pointer }) => pointer)).toEqual([
    '/a/c~1d~0',
    '/e',
  ]);
  expect(errorsOf(schema, JSON.parse('{"a":{"b":"x"},"__proto__":{}}'))).toHaveLength(1);
});

test('missing fields are told from mistyped ones', () => {
  const schema = z.strictObject({ a: z.string(), b: z.string() });
  const [missing, mistyped] = errorsOf(schema, { b: 1 });
  expect(missing).toMatchObject({ pointer: '/a', detail: expect.stringMatching(/^Required/) });
  expect(mistyped).toMatchObject({ pointer: '/b', detail: expect.not.stringMatching(/^Required/) });
});

test('parameters are named, not pointed at', () => {
  expect(errorsOf(z.strictObject({}), { limit: '1' }, 'parameters')).toMatchObject([{ parameter: 'limit' }]);
});
