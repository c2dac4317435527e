import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Following, follow, PosthasteError } from '../../packages/client/src/index.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** What a connection comes to: an answer, or what is thrown. */
type Connection = (signal: AbortSignal) => Response;

/** A stream of these chunks, which then ends, breaks, or stays open until it is let go. */
function streamed(then: 'ends' | 'breaks' | 'stays', ...chunks: string[]): Connection {
  return (signal) => {
    const left = chunks.map((chunk) => new TextEncoder().encode(chunk));
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        signal.addEventListener('abort', () => controller.error(signal.reason));
      },
      pull(controller) {
        const next = left.shift();
        if (next) controller.enqueue(next);
        else if (then === 'ends') controller.close();
        else if (then === 'breaks') controller.error(new TypeError('terminated'));
      },
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } });
  };
}

const refused = (status: number) => () => {
  throw new PosthasteError({ status, code: 'a_code', detail: `refused with ${status}` });
};
const loginPage = () =>
  new Response('<h1>Who are you?</h1>', { headers: { 'content-type': 'text/html; charset=utf-8' } });

/** Follows these connections, the last one again and again. */
function following(connections: [...Connection[]], more: Partial<Following> = {}) {
  const leaving = new AbortController();
  const begunAt = Date.now();
  const seen = {
    /** How long after the beginning each was opened, in milliseconds. */
    openedAt: [] as number[],
    lastIds: [] as (string | undefined)[],
    heard: [] as string[],
    /** `found`, and why it was `lost`. */
    told: [] as string[],
    end: 'not yet' as unknown,
  };
  const done = follow({
    async open(lastId, signal) {
      seen.openedAt.push(Date.now() - begunAt);
      seen.lastIds.push(lastId);
      const connection = connections[Math.min(seen.openedAt.length, connections.length) - 1];
      return { response: (connection as Connection)(signal) };
    },
    hear: ({ data }) => void seen.heard.push(data),
    found: () => void seen.told.push('found'),
    lost: (why) => void seen.told.push(why),
    signal: leaving.signal,
    ...more,
  }).then(
    () => {
      seen.end = 'well';
    },
    (error) => {
      seen.end = error;
    },
  );
  return { seen, done, leave: () => leaving.abort() };
}

/** Lets so many milliseconds go by, and everything happen in them. */
const passing = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('who comes again says which event came last, and the ids of others are not forgotten', async () => {
  const { seen } = following([
    streamed('ends', ': here\n\n'),
    streamed('ends', 'id: 1\ndata: a\n\nid: 2\ndata: b\n\ndata: c\n\n'),
    streamed('breaks', 'data: d\n\nid: 3\ndata: cut'),
    streamed('stays'),
  ]);
  await passing(5000);
  expect(seen.lastIds).toEqual([undefined, undefined, '2', '2']);
  expect(seen.heard).toEqual(['a', 'b', 'c', 'd']);
});

test('a stream that ends is taken up again at once, and nobody is told', async () => {
  const { seen } = following([streamed('ends', 'data: a\n\n')]);
  await passing(250);
  expect(seen.openedAt).toEqual([0, 100, 200]);
  expect(seen.told).toEqual(['found']);
});

describe('one that does not begin is tried again more and more seldom, and is said to be lost:', () => {
  test.each<[string, Connection, string]>([
    ['refused for now', refused(503), 'refused with 503'],
    ['one too many', refused(429), 'refused with 429'],
    ['ended without a word', streamed('ends'), 'The stream ended before anything came.'],
    ['broken without a word', streamed('breaks'), 'terminated'],
    [
      'the page of somebody else',
      loginPage,
      'http://unknown answered 200, and not as Posthaste does; is the address right?',
    ],
  ])('%s', async (_, connection, why) => {
    const begins = streamed('breaks', ': here\n\n');
    const { seen } = following([begins, connection, connection, connection, connection, connection, begins]);
    await passing(38_000);
    expect(seen.openedAt).toEqual([0, 1000, 3000, 8000, 23_000, 38_000]);
    expect(seen.told).toEqual(['found', why]);
    await passing(15_000);
    expect(seen.openedAt[6]).toBe(53_000);
    expect(seen.told).toEqual(['found', why, 'found']);
    // Something came, so that all begins anew.
    await passing(1000);
    expect(seen.openedAt[7]).toBe(54_000);

    const never = following([connection]);
    await passing(60_000);
    expect(never.seen.openedAt).toEqual([0, 1000, 3000, 8000, 23_000, 38_000, 53_000]);
    expect(never.seen.told).toEqual([why]);
  });
});

test('it is not found before something of it has come', async () => {
  const { seen } = following([streamed('stays')]);
  await passing(20_000);
  expect(seen.told).toEqual([]);
});

test('one that says nothing for 45 seconds is broken', async () => {
  const { seen } = following([streamed('stays', ': here\n\n')]);
  await passing(45_000 + 999);
  expect(seen.openedAt).toEqual([0]);
  await passing(1);
  expect(seen.openedAt).toEqual([0, 46_000]);
});

test('what will not go by itself is thrown', async () => {
  const { seen } = following([streamed('ends', ': here\n\n'), refused(401)]);
  await passing(1000);
  expect(seen.openedAt).toEqual([0, 100]);
  expect(seen.end).toMatchObject({ status: 401 });
});

test.each([
  ['refused for now', refused(503)],
  ['ended without a word', streamed('ends')],
  ['the page of somebody else', loginPage],
])('a first try that fails is thrown where that is asked for: %s', async (_, connection) => {
  const first = following([connection], { throwAtFirst: true });
  await passing(1000);
  expect([first.seen.end, first.seen.openedAt]).toEqual([expect.any(Error), [0]]);
  const later = following([streamed('ends', ': here\n\n'), connection], { throwAtFirst: true });
  await passing(1000);
  expect([later.seen.end, later.seen.openedAt]).toEqual(['not yet', [0, 100]]);
});

describe("the caller's own fault is the caller's, and the stream is let go:", () => {
  const fault = new Error('mine');
  const throwing = () => {
    throw fault;
  };
  const cancelled = vi.fn();
  const letGo: Connection = () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('id: 1\ndata: a\n\n')),
      cancel: cancelled,
    });
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } });
  };

  test.each([['hear'], ['found']] as const)('%s', async (which) => {
    cancelled.mockClear();
    const { seen } = following([letGo], { [which]: throwing });
    await passing(60_000);
    expect([seen.end, seen.openedAt]).toEqual([fault, [0]]);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  test('lost', async () => {
    const { seen } = following([refused(503)], { lost: throwing });
    await passing(60_000);
    expect([seen.end, seen.openedAt]).toEqual([fault, [0, 1000]]);
  });
});

describe('it ends when it is told to', () => {
  test.each<[string, Connection]>([
    ['while it reads', streamed('stays', 'data: a\n\n')],
    ['while it waits to come again', refused(503)],
  ])('%s', async (_, connection) => {
    const { seen, leave } = following([connection]);
    await passing(10);
    leave();
    await passing(0);
    expect([seen.end, seen.openedAt]).toEqual(['well', [0]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('and hears nothing more, whatever has come already', async () => {
    const leaving = new AbortController();
    const heard: string[] = [];
    const { seen } = following([streamed('stays', 'data: a\n\ndata: b\n\n')], {
      signal: leaving.signal,
      hear({ data }) {
        heard.push(data);
        leaving.abort();
      },
    });
    await passing(0);
    expect([heard, seen.end]).toEqual([['a'], 'well']);
  });
});
