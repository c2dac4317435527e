import { expect, test } from 'vitest';
import { answerFault, answerText, inboxAddressOf, inboxUrl } from '../../src/console/inbox/address.ts';

const ORIGIN = 'http://localhost:3000';

test.each([
  ['/inbox/mine', { name: 'mine', answer: '200', delayMs: 0 }],
  ['/inbox/mine?answer=500,200', { name: 'mine', answer: '500,200', delayMs: 0 }],
  ['/inbox/a_b-1?answer=503&delay=250', { name: 'a_b-1', answer: '503', delayMs: 250 }],
])('%s is read as it was written', (path, address) => {
  expect(inboxAddressOf(ORIGIN + path)).toEqual(address);
  expect(inboxUrl(ORIGIN, address)).toBe(ORIGIN + path);
});

test.each(['/', '/inbox', '/inbox/a.b', '/inbox/a/b', '/v1/inbox/a'])('%s is no inbox', (path) => {
  expect(inboxAddressOf(ORIGIN + path)).toBeUndefined();
});

test('nor is what is no URL', () => expect(inboxAddressOf('inbox/mine')).toBeUndefined());

test('what an inbox answers is said in words', () => {
  expect(answerText({ answer: '200', delayMs: 0 })).toBe('Always answers 200');
  expect(answerText({ answer: '500,503,200', delayMs: 250 })).toBe(
    'Answers 500, 503, then always 200, after 250 ms',
  );
});

test('what an inbox would refuse is a fault', () => {
  for (const answer of ['200', '200,599', '410']) expect(answerFault(answer)).toBeUndefined();
  for (const answer of ['', '199', '600', '200,', '200 500', `${'200,'.repeat(50)}200`])
    expect(answerFault(answer)).toBeDefined();
});
