import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LOG_OPTIONS } from '../src/log.ts';

function logged(write: (logger: pino.Logger) => void): string {
  let line = '';
  const keep = (text: string) => {
    line = text;
  };
  write(pino(LOG_OPTIONS, { write: keep }));
  return line;
}

/** As the driver makes them. */
const failed = Object.assign(new Error('null value in column "data"'), {
  code: '23502',
  table: 'events',
  detail: 'Failing row contains (acme, evt_1, {"card":"4111"}).',
  where: 'JSON data, line 1: {"card":"4111"}',
});

test.each([
  ['an error', { err: failed }],
  ['the cause of an error', { err: new Error('outside', { cause: failed }) }],
  ['an error that Temporal tells of', { temporal: { workflowId: 'dlv_1', error: failed } }],
])('%s is logged without the rows that the database quotes', (_, line) => {
  const text = logged((logger) => logger.error(line, 'failed'));
  expect(text).toContain('null value in column');
  expect(text).toContain('23502');
  expect(text).not.toContain('4111');
});
