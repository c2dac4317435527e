import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createCountingTurns } from '../../src/api/counting-turns.ts';

/** Counts that end when they are told to. */
function counts() {
  const turns = createCountingTurns();
  const begun: string[] = [];
  const ends = new Map<string, (answer: string | Error) => void>();
  return {
    begun,
    ask: (account: string, question: string | undefined, name = `${account} ${question}`) =>
      turns
        .inTurn(account, question, () => {
          begun.push(name);
          return new Promise<string>((resolve, reject) => {
            ends.set(name, (answer) => (answer instanceof Error ? reject(answer) : resolve(answer)));
          });
        })
        .catch((error: { code?: string; message: string }) => error.code ?? error.message),
    async end(name: string, answer: string | Error = name) {
      ends.get(name)?.(answer);
      await turn();
    },
  };
}

test('an account is counted once at a time, a process counts two, and accounts take turns', async () => {
  const { begun, ask, end } = counts();
  for (const question of ['1', '2', '3']) void ask('a', question);
  for (const account of ['b', 'c']) void ask(account, '1');
  await turn();
  expect(begun).toEqual(['a 1', 'b 1']);
  await end('b 1');
  expect(begun.slice(2)).toEqual(['c 1']);
  await end('c 1');
  expect(begun.slice(3)).toEqual([]);
  await end('a 1');
  expect(begun.slice(3)).toEqual(['a 2']);
});

test('who asks the same meanwhile has the same answer; another account, or later, it is counted again', async () => {
  const { begun, ask, end } = counts();
  const asked = [ask('a', '1'), ask('a', '1'), ask('b', '1')];
  await turn();
  expect(begun).toEqual(['a 1', 'b 1']);
  await end('a 1', 'seven');
  await end('b 1', 'eight');
  expect(await Promise.all(asked)).toEqual(['seven', 'seven', 'eight']);
  void ask('a', '1');
  await turn();
  expect(begun).toHaveLength(3);
});

test('what is for nobody else is counted for each who asks', async () => {
  const { begun, ask, end } = counts();
  const [first, second] = [ask('a', undefined, 'first'), ask('a', undefined, 'second')];
  await turn();
  await end('first');
  await end('second');
  expect([await first, await second, begun]).toEqual(['first', 'second', ['first', 'second']]);
});

test('a count that fails does so to those who asked for it, and the next one has its turn', async () => {
  const { ask, end } = counts();
  const [first, same, next] = [ask('a', '1'), ask('a', '1'), ask('a', '2')];
  await turn();
  await end('a 1', new Error('away'));
  await end('a 2');
  expect(await Promise.all([first, same, next])).toEqual(['away', 'away', 'a 2']);
});

test('when too many wait, the account that has most of them is refused, and others still get their turn', async () => {
  const { begun, ask, end } = counts();
  const greedy = Array.from({ length: 30 }, (_, n) => ask('greedy', String(n)));
  const [second, third] = [ask('second', '1'), ask('third', '1')];
  await turn();
  await end('second 1');
  await end('third 1');
  expect([await second, await third]).toEqual(['second 1', 'third 1']);
  for (let n = 0; n < 30; n += 1) await end(`greedy ${n}`);
  const answers = await Promise.all(greedy);
  const refused = answers.filter((answer) => answer === 'too_many_counts');
  expect(refused.length).toBeGreaterThanOrEqual(19);
  expect(answers.filter((answer) => answer !== 'too_many_counts')).toHaveLength(30 - refused.length);
  expect(begun).toHaveLength(32 - refused.length);
});
