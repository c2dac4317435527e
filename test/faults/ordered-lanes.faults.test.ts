import { expect, test } from 'vitest';
import type { ReceivedRequest } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import type { Child } from './support/child.ts';
import { figure } from './support/figures.ts';
import { expectAllDelivered } from './support/outcome.ts';
import { openStage, type Stage } from './support/stage.ts';
import { type Accepted, openShop, sendPatiently, someEvents } from './support/traffic.ts';

const LANES = 3;
const EVENTS = 60;
/** How many have come when the process is killed, so that all lanes flow. */
const FLOWING = 20;

/** What came in each lane: the numbers of its events in the order of their arrival, repeats included. */
function laneOf(requests: readonly ReceivedRequest[], lane: number): number[] {
  return requests
    .map(({ body }) => (JSON.parse(String(body)) as { data: { n: number } }).data.n)
    .filter((n) => n % LANES === lane);
}

/** Where the process is killed, while lanes flow. */
const POINTS: Record<string, (stage: Stage, kill: () => void) => void> = {
  'during requests': ({ receiver }, kill) => receiver.script('/hook', kill, answer(200, { delayMs: 30 })),
  'after the end of one, before the next is let go': ({ postgres }, kill) =>
    postgres.once('let-next-go', 'sent', kill),
  'after the next is let go, before it is started': ({ postgres }, kill) =>
    postgres.once('let-next-go', 'committed', kill),
};

test.concurrent.for([
  ['during requests', 'on'],
  ['during requests', 'always'],
  ['after the end of one, before the next is let go', 'on'],
  ['after the end of one, before the next is let go', 'always'],
  ['after the next is let go, before it is started', 'on'],
  ['after the next is let go, before it is started', 'always'],
] as const)(
  'ordered lanes that flow, killed %s, bursts %s: all arrives in its order, and a repeat at once',
  async ([point, bursts], context) => {
    const stage = await openStage(context, { bursts });
    const { receiver } = stage;
    let child: Child | undefined = await stage.start();
    const merchant = await openShop(stage, { ordered: true, timeoutMs: 1000 });
    receiver.script('/hook', answer(200, { delayMs: 30 }));
    const accepted: Accepted[] = [];
    // One by one: the order in which they are accepted is the order in which they are sent.
    for (const event of someEvents(EVENTS)) {
      const ofLane = { ...event, orderingKey: `customer-${event.data.n % LANES}` };
      accepted.push(...(await sendPatiently(stage, merchant, [ofLane])));
    }
    await receiver.waitFor(FLOWING, 60_000);
    POINTS[point]?.(stage, () => child?.kill());
    await child.ended;
    expect(receiver.requests.length).toBeLessThan(EVENTS);

    const since = performance.now();
    child = await stage.start();
    const figures = await expectAllDelivered(stage, merchant, accepted, { kills: 1, since });
    for (let lane = 0; lane < LANES; lane++) {
      const came = laneOf(receiver.requests, lane);
      const once = came.filter((n, place) => n !== came[place - 1]);
      expect(once).toEqual(Array.from({ length: EVENTS / LANES }, (_, n) => LANES * n + lane));
      // Of a lane one is under way at a time.
      expect(came.length - once.length).toBeLessThanOrEqual(1);
    }
    figure(`ordered lanes killed ${point}, bursts ${bursts}`, figures);
  },
);
