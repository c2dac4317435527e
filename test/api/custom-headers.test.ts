import { expect, test } from 'vitest';
import { customHeaders } from '../../src/api/custom-headers.ts';
import { headerFault } from '../../src/domain/custom-header.ts';

test.each([
  ['Authorization', 'Bearer abc'],
  ['X-Shop', 'café'],
  ['Cookie', 'a=b; c=d'],
  ['X-Tabs', 'a\tb  c'],
  ['x-long', 'v'.repeat(1024)],
])('%s may be set', (name, value) => {
  expect(headerFault(name, value)).toBeUndefined();
});

test.each([
  'Host',
  'content-type',
  'Content-Length',
  'Content-Encoding',
  'Transfer-Encoding',
  'connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Upgrade',
  'Proxy-Authorization',
  'User-Agent',
  'Date',
  'Expect',
  'Webhook-Id',
  'WEBHOOK-SIGNATURE',
  'Posthaste-Attempt',
  'X-Selgora-Signature',
  'x-selz-signature',
  'Accept-Encoding',
])('%s is ours or the connection’s, and is refused', (name) => {
  expect(headerFault(name, 'x')).toContain(name);
});

test.each([
  ['', 'x'],
  ['X Space', 'x'],
  ['X:Colon', 'x'],
  ['X-\u00e9', 'x'],
  ['X\r\nInjected', 'x'],
  ['X-A', 'a\r\nX-B: c'],
  ['X-A', 'a\nb'],
  ['X-A', 'a\0b'],
  ['X-A', 'a\x7f'],
  ['X-A', 'snowman ☃'],
  ['X-A', ' leading'],
  ['X-A', 'trailing '],
  ['X-A', ''],
  ['X-A', 'v'.repeat(1025)],
])('header %j with value %j is refused', (name, value) => {
  expect(headerFault(name, value)).toBeDefined();
});

test('the fault names the header', () => {
  const result = customHeaders.safeParse({ 'X-Fine': 'a', Host: 'b' });
  expect(result.error?.issues.map(({ path }) => path)).toEqual([['Host']]);
});

test('more than 20 headers, and one header in two spellings, are refused', () => {
  const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`X-${index}`, 'a']));
  expect(customHeaders.safeParse(many).success).toBe(false);
  expect(customHeaders.safeParse({ 'X-A': '1', 'x-a': '2' }).success).toBe(false);
});
