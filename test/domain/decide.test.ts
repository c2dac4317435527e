import { describe, expect, test } from 'vitest';
import { classify, decide } from '../../src/domain/decide.ts';
import type { NetworkFault, Outcome } from '../../src/domain/delivery.ts';

const answered = (status: number, headers = {}): Outcome => ({
  kind: 'answered',
  status,
  headers,
  body: '',
  truncated: false,
});
const policy = { scheduleS: [60, 120], jitter: 0, retryOn: [] as number[] };
const startedAt = new Date('2026-11-22T12:00:00Z');
const ended = (number: number, outcome: Outcome) => ({ number, startedAt, durationMs: 500, outcome });

describe('an answer is classified by the contract', () => {
  test.each([
    [200, undefined],
    [204, undefined],
    [299, undefined],
    [300, 'redirect'],
    [301, 'redirect'],
    [399, 'redirect'],
    [400, 'rejected'],
    [404, 'rejected'],
    [408, 'rejected'],
    [410, 'rejected'],
    [429, 'rejected'],
    [499, 'rejected'],
    [500, 'server_error'],
    [503, 'server_error'],
    [599, 'server_error'],
    [600, 'server_error'],
    [999, 'server_error'],
    [199, 'server_error'],
  ])('%i is %s', (status, error) => {
    expect(classify(answered(status), [])).toBe(error);
  });

  test.each([408, 425, 429])('%i is retried where the endpoint asks for it', (status) => {
    expect(classify(answered(status), [408, 425, 429])).toBe('server_error');
  });

  test.each<NetworkFault>(['timeout', 'dns', 'connect', 'reset', 'tls', 'protocol'])(
    '%s stays %s',
    (fault) => {
      expect(classify({ kind: 'unreachable', fault, detail: '' }, [])).toBe(fault);
    },
  );
});

describe('what follows', () => {
  test('success ends the delivery', () => {
    expect(decide(ended(1, answered(201)), policy, 0)).toMatchObject({
      kind: 'settled',
      status: 'succeeded',
      attempt: { number: 1, responseStatus: 201, durationMs: 500 },
    });
  });

  test.each([
    [404, 'rejected'],
    [410, 'gone'],
  ])('%i is terminal at once: %s', (status, reason) => {
    expect(decide(ended(1, answered(status)), policy, 0)).toMatchObject({
      kind: 'settled',
      status: 'failed',
      reason,
    });
  });

  test('an address that is not allowed is terminal', () => {
    expect(decide(ended(1, { kind: 'blocked', detail: '' }), policy, 0)).toMatchObject({
      kind: 'settled',
      status: 'failed',
      reason: 'blocked',
      attempt: { error: 'blocked' },
    });
  });

  test('a 5xx waits, counted from the end of the attempt', () => {
    expect(decide(ended(1, answered(500)), policy, 0)).toMatchObject({
      kind: 'waiting',
      waitMs: 60_000,
      until: '2026-11-22T12:01:00.500Z',
      attemptsAllowed: 3,
    });
  });

  test('the last failure exhausts the delivery', () => {
    expect(decide(ended(3, answered(500)), policy, 0)).toMatchObject({
      kind: 'settled',
      status: 'failed',
      reason: 'exhausted',
      attempt: { number: 3, error: 'server_error' },
    });
  });

  test('Retry-After lengthens a wait', () => {
    expect(decide(ended(1, answered(503, { 'retry-after': '90' })), policy, 0)).toMatchObject({
      waitMs: 90_000,
      because: 'retry_after',
    });
  });
});
