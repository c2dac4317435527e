import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { type BurstThread, startBurstThread } from '../../src/burst-thread/host.ts';

let threads: BurstThread[] = [];
afterEach(async () => {
  await Promise.all(threads.map(({ stop }) => stop()));
  threads = [];
});

function open() {
  const told: unknown[] = [];
  let die: (error: unknown) => void = () => undefined;
  const death = new Promise<unknown>((resolve) => {
    die = resolve;
  });
  const thread = startBurstThread({
    path: fileURLToPath(new URL('./thread-in-tests.mjs', import.meta.url)),
    role: 'all',
    data: { databaseUrl: '', encryptionKeys: [], refusedPorts: [] },
    dispatch: {
      offer: (deliveries) => void told.push(deliveries),
      poke: () => void told.push('poke'),
      passOn: () => void told.push('pass on'),
    },
    onFatal: die,
  });
  threads.push(thread);
  return { thread, told, death };
}

const asked = (burst: string) => ({ burst, deliveries: {} });

test('each burst gets its own answer, in whatever order they come', async () => {
  const { thread } = open();
  const logs = await Promise.all(['late', 'b', 'c'].map((burst) => thread.attemptEach(asked(burst))));
  expect(logs.map(({ log }) => Object.keys(log))).toEqual([['late'], ['b'], ['c']]);
});

test('what attempts have to tell reaches the rest of the process', async () => {
  const { thread, told } = open();
  await thread.attemptEach(asked('a'));
  expect(told).toEqual(['poke', 'pass on', [{ id: 'dlv_1', deliverAt: new Date(0) }]]);
});

test('what the thread counts is told when somebody asks', async () => {
  const { thread } = open();
  const late = thread.attemptEach(asked('late'));
  expect(await thread.metrics()).toEqual([{ name: 'made' }]);
  await late;
});

test('a burst that fails throws, for Temporal to repeat it', async () => {
  const { thread } = open();
  await expect(thread.attemptEach(asked('fails'))).rejects.toThrow('no database');
});

test.each([
  ['dies', 'has ended'],
  ['throws', 'out of memory'],
])('a thread that %s fails its bursts and ends the process', async (how, message) => {
  const { thread, death } = open();
  const burst = thread.attemptEach(asked('late'));
  const end = expect(thread.attemptEach(asked(how))).rejects.toThrow(message);
  await Promise.all([end, expect(burst).rejects.toThrow(message)]);
  expect(await death).toBeInstanceOf(Error);
  await expect(thread.attemptEach(asked('a'))).rejects.toThrow(message);
});
