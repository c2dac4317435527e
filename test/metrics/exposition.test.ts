import { expect, test } from 'vitest';
import { createExposition } from '../../src/metrics/exposition.ts';
import { createMeters } from '../../src/metrics/meters.ts';
import { parsed } from './scrape.ts';

const SUCCEEDED = { status: 'succeeded', reason: '' };

function counting() {
  const [own, ofThread] = [createMeters(), createMeters()];
  const count = (text: string) => parsed(text).value('posthaste_deliveries_ended_total', SUCCEEDED);
  return { own, ofThread, count };
}

const ends = { kind: 'settled', status: 'succeeded' } as const;

test('what a process counts, and the thread of its bursts, is told as one', async () => {
  const { own, ofThread, count } = counting();
  own.ended(ends);
  ofThread.ended(ends);
  ofThread.ended(ends);
  const tell = createExposition(own.registry, () => ofThread.registry.getMetricsAsJSON());
  expect(count(await tell())).toBe(3);
});

test('a thread that does not answer, or is dead, is told as it was: a counter never goes back', async () => {
  const { own, ofThread, count } = counting();
  ofThread.ended(ends);
  const answers = [
    () => ofThread.registry.getMetricsAsJSON(),
    () => new Promise<never>(() => {}),
    () => Promise.reject(new Error('has ended')),
  ];
  const tell = createExposition(own.registry, () => (answers.shift() as (typeof answers)[0])());
  for (const _ of [...answers]) expect(count(await tell())).toBe(1);
});

test('the process itself is told of, too', async () => {
  const { types } = parsed(await createExposition(createMeters().registry)());
  expect(types.get('process_resident_memory_bytes')).toBe('gauge');
});
