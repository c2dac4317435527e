import { createFairLine } from '../dispatch/fair-line.ts';
import { AppError } from '../domain/errors.ts';

/** Counts of this process at a time; each holds one of the connections that all accounts share. */
const MOST_AT_ONCE = 2;
/** So many wait for their turn; beyond that, the account that has most waiting is refused its latest. */
const MOST_WAITING = 10;

/**
 * Counts read as many rows as an account has, so they come one after the other: one of each account at a time, few in a
 * process, and whose turn it is goes round among the accounts. Whoever calls for something else never waits for them.
 */
export interface CountingTurns {
  /**
   * @param question those of one account that ask the same meanwhile are given the same answer; undefined: it is for
   *   nobody else
   * @throws {AppError} 429
   */
  inTurn<Answer>(
    account: string,
    question: string | undefined,
    count: () => Promise<Answer>,
  ): Promise<Answer>;
}

interface Waiting {
  account: string;
  begin(): void;
  refuse(error: AppError): void;
}

export function createCountingTurns(): CountingTurns {
  const line = createFairLine<Waiting>();
  const counting = new Set<string>();
  const asked = new Map<string, Promise<unknown>>();

  function next(): void {
    while (counting.size < MOST_AT_ONCE) {
      const [first] = line.take(1, (account) => !counting.has(account));
      if (!first) return;
      counting.add(first.account);
      first.begin();
    }
  }

  async function oneByOne<Answer>(account: string, count: () => Promise<Answer>): Promise<Answer> {
    await new Promise<void>((begin, refuse) => {
      line.push(account, { account, begin, refuse });
      next();
      if (line.length > MOST_WAITING) line.dropLatest()?.refuse(tooMany());
    });
    try {
      return await count();
    } finally {
      counting.delete(account);
      next();
    }
  }

  return {
    inTurn<Answer>(account: string, question: string | undefined, count: () => Promise<Answer>) {
      if (question === undefined) return oneByOne(account, count);
      const name = JSON.stringify([account, question]);
      const running = asked.get(name);
      if (running) return running as Promise<Answer>;
      const answer = oneByOne(account, count).finally(() => asked.delete(name));
      asked.set(name, answer);
      return answer;
    },
  };
}

function tooMany(): AppError {
  return new AppError(
    429,
    'too_many_counts',
    'Too many overviews and counts are asked for at once; wait for an answer before you ask for another.',
  );
}
