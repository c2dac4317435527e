import { expect, test } from 'vitest';
import { readTraceparent, writeTraceparent } from '../../src/tracing/traceparent.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test.each([
  ['sampled', `00-${TRACE}-${SPAN}-01`, 1],
  ['not sampled', `00-${TRACE}-${SPAN}-00`, 0],
  ['with flags that are not known yet', `00-${TRACE}-${SPAN}-03`, 1],
  ['of a later version, with more in it', `cc-${TRACE}-${SPAN}-01-what-will-come`, 1],
])('%s', (_, text, traceFlags) => {
  expect(readTraceparent(text)).toEqual({ traceId: TRACE, spanId: SPAN, traceFlags, isRemote: true });
});

test.each([
  ['nothing', undefined],
  ['empty', ''],
  ['too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
  ['upper case', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
  ['no trace', `00-${'0'.repeat(32)}-${SPAN}-01`],
  ['no span', `00-${TRACE}-${'0'.repeat(16)}-01`],
  ['the version that is forbidden', `ff-${TRACE}-${SPAN}-01`],
  ['two of them', `00-${TRACE}-${SPAN}-01, 00-${TRACE}-${SPAN}-01`],
])('is none: %s', (_, text) => {
  expect(readTraceparent(text)).toBeUndefined();
});

test('what is not sampled is not passed on', () => {
  expect(writeTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 1 })).toBe(`00-${TRACE}-${SPAN}-01`);
  expect(writeTraceparent({ traceId: TRACE, spanId: SPAN, traceFlags: 0 })).toBeUndefined();
});
