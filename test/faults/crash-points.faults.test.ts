import { expect, test } from 'vitest';
import { answer, gate, type Step } from '../support/steps.ts';
import type { Child } from './support/child.ts';
import { type Figures, figure } from './support/figures.ts';
import { expectAllDelivered, untilDeliveries } from './support/outcome.ts';
import { openStage, type Stage } from './support/stage.ts';
import { openShop, sendPatiently, someEvents } from './support/traffic.ts';
import type { Moment } from './support/wire.ts';

const EVENTS = 20;
/** What was begun is waited for so long, and 15 s more, before it is repeated. */
const TIMEOUT_MS = 15_000;
/** So long does the receiver think, that many POSTs are under way together. */
const thinking = answer(200, { delayMs: 300 });

/** Also when it comes again, a first attempt fails. */
const failingFirst: Step = (socket, request) =>
  answer(request.headers['posthaste-attempt'] === '1' ? 500 : 200)(socket, request);

interface CrashPoint {
  name: string;
  /** Has the process killed, now or in time; begun before the events are sent. */
  arm(stage: Stage, child: Child): void | Promise<void>;
  /** What the receiver does with the requests. Default: it thinks, and answers 200. */
  receives?(child: Child): (number | Step)[];
  /** Waits of the endpoint's schedule, when its first answers are failures. */
  retrySchedule?: number[];
  /** What must be seen besides everything that always holds. */
  duplicates?: 'none' | 'some';
  interrupted?: 'none' | 'some';
  /** Where first attempts go out: the point is one of those alone. Default: of both. */
  only?: 'alone' | 'in bursts';
}

const atStatement =
  (statement: string, moment: Moment): CrashPoint['arm'] =>
  ({ postgres }, { kill }) =>
    postgres.once(statement, moment, kill);

const times = (count: number, step: number | Step): (number | Step)[] =>
  Array.from({ length: count }, () => step);

/** Every attempt with this number is recorded, and Temporal hears of none. */
async function recordedUnheard(stage: Stage, child: Child, { number }: { number: number }): Promise<void> {
  const held = gate();
  stage.receiver.script('/hook', ...times((number - 1) * EVENTS, 500), held.step);
  await stage.receiver.waitFor(number * EVENTS, 60_000);
  stage.temporal.hush();
  held.open();
  await untilDeliveries(stage, EVENTS, `status = 'succeeded'`);
  child.kill();
  // What was kept back is gone with the process.
  stage.temporal.cut();
  stage.temporal.mend();
}

const POINTS: CrashPoint[] = [
  {
    name: 'while events are taken in, before the commit',
    arm: atStatement('ingest-events', 'sent'),
    duplicates: 'none',
    interrupted: 'none',
  },
  {
    name: 'while events are taken in, after the commit and before the 202',
    arm: atStatement('ingest-events', 'committed'),
    duplicates: 'none',
    interrupted: 'none',
  },
  {
    name: 'between the commit and the start of the workflow',
    async arm(stage, child) {
      stage.temporal.cut();
      await untilDeliveries(stage, EVENTS, 'started_at is null');
      child.kill();
      stage.temporal.mend();
    },
    duplicates: 'none',
    interrupted: 'none',
  },
  {
    name: 'between the start of the workflow and the note of it',
    arm: atStatement('mark-started', 'sent'),
    only: 'alone',
  },
  {
    name: 'before the claim',
    arm: atStatement('claim-attempts', 'sent'),
    duplicates: 'none',
    interrupted: 'none',
  },
  {
    name: 'after the claim, before the worker knows of it',
    arm: atStatement('claim-attempts', 'committed'),
    duplicates: 'none',
    interrupted: 'some',
  },
  {
    name: 'after the claim, as the POST begins',
    arm: atStatement('claim-attempts', 'answered'),
    interrupted: 'some',
  },
  {
    name: 'during the POST',
    arm: () => {},
    receives: ({ kill }) => [...times(EVENTS / 2, thinking), kill, thinking],
    duplicates: 'some',
    interrupted: 'some',
  },
  {
    name: 'after the POST',
    arm: () => {},
    receives: ({ kill }) => [
      ...times(EVENTS / 2, thinking),
      async (socket, request) => {
        await answer(200)(socket, request);
        kill();
      },
      thinking,
    ],
    duplicates: 'some',
    interrupted: 'some',
  },
  {
    name: 'before the record',
    arm: atStatement('record-attempts', 'sent'),
    duplicates: 'some',
    interrupted: 'some',
  },
  {
    name: 'after the record, before the worker knows of it',
    arm: atStatement('record-attempts', 'committed'),
  },
  {
    name: 'after the record, before the acknowledgement to Temporal',
    arm: (stage, child) => recordedUnheard(stage, child, { number: 1 }),
    duplicates: 'none',
    interrupted: 'none',
  },
  {
    name: 'before the hand-over of what goes on',
    retrySchedule: [2],
    arm: atStatement('hand-over', 'sent'),
    receives: () => [failingFirst],
    only: 'in bursts',
  },
  {
    name: 'after the hand-over, before the workflow of what goes on is started',
    retrySchedule: [2],
    arm: atStatement('hand-over', 'committed'),
    receives: () => [failingFirst],
    only: 'in bursts',
  },
  {
    name: 'during a sleep',
    retrySchedule: [5],
    async arm(stage, child) {
      await untilDeliveries(stage, EVENTS, `status = 'retrying'`);
      child.kill();
    },
    receives: () => [...times(EVENTS, 500), thinking],
    duplicates: 'none',
    interrupted: 'none',
  },
  {
    name: 'during the POST of a second attempt',
    retrySchedule: [2],
    arm: () => {},
    receives: ({ kill }) => [...times(EVENTS, 500), ...times(EVENTS / 2, thinking), kill, thinking],
    duplicates: 'some',
    interrupted: 'some',
  },
  {
    name: 'after the record of a second attempt, before the acknowledgement to Temporal',
    retrySchedule: [2],
    arm: (stage, child) => recordedUnheard(stage, child, { number: 2 }),
    duplicates: 'none',
    interrupted: 'none',
  },
];

/** Every point in both modes; 20 events are no backlog, so by default each has a workflow of its own. */
const CASES = POINTS.flatMap(({ only, ...point }) => [
  ...(only === 'in bursts' ? [] : [{ ...point, bursts: 'on' as const }]),
  ...(only === 'alone' ? [] : [{ ...point, name: `${point.name}, in bursts`, bursts: 'always' as const }]),
]);

for (const { name, bursts, retrySchedule = [], ...point } of CASES)
  test.concurrent(`killed ${name}`, async (context) => {
    const stage = await openStage(context, { bursts });
    const child = await stage.start();
    const merchant = await openShop(stage, { retrySchedule, timeoutMs: TIMEOUT_MS });
    stage.receiver.script('/hook', ...(point.receives?.(child) ?? [thinking]));
    const armed = point.arm(stage, child);
    const sending = sendPatiently(stage, merchant, someEvents(EVENTS));
    await Promise.all([armed, child.ended]);

    const since = performance.now();
    await stage.start();
    const figures = await expectAllDelivered(stage, merchant, await sending, {
      kills: 1,
      attempts: 1 + retrySchedule.length,
      since,
    });
    expect((figures.bursts ?? 0) > 0).toBe(bursts === 'always');
    expectAmount(figures, 'duplicates', point.duplicates);
    expectAmount(figures, 'interrupted', point.interrupted);
    figure(context.task.name, figures);
  });

function expectAmount(figures: Figures, name: keyof Figures, amount: 'none' | 'some' | undefined): void {
  if (amount === 'none') expect(figures[name], String(name)).toBe(0);
  if (amount === 'some') expect(figures[name], String(name)).toBeGreaterThan(0);
}
