import { nowMs } from '../clock.ts';
import { startFlood } from '../flood.ts';
import { untilSettled } from '../idle.ts';
import { openLoop } from '../open-loop.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { percentile } from '../statistics.ts';
import { beginWindow } from '../window.ts';

const RATE_PER_S = 20;
/** Its endpoints hang, each with so many deliveries. */
const HANGING = { endpoints: 50, events: 100 };
/** So that hundreds hang at any time, and end together. */
const HANGING_TIMEOUT_MS = 10_000;
const MOST_TIMES_QUIET = 2;
/** As long as the hanging deliveries take, so that a p99 is more than a few moments of them. */
const MEASURED_S = 120;

/** What one account feels of the others: of none, of a flood, and of endpoints that never answer. */
export const fairness: Scenario = {
  name: 'fairness',
  title: `${RATE_PER_S} events/s beside another account's flood and hanging endpoints`,
  alone: {},
  async measure({ open, arrivals, cpu, quick }) {
    const bystander = await open('fairness');
    const receivedMs = async () => {
      const samples = await openLoop({
        merchant: bystander,
        arrivals,
        ratePerS: RATE_PER_S,
        warmUpS: quick ? 0.5 : 2,
        measuredS: quick ? 1 : MEASURED_S,
      });
      return samples.map((sample) => sample.receivedMs);
    };
    const latency = (times: readonly number[]) => ({
      p50: percentile(times, 0.5),
      p99: percentile(times, 0.99),
    });
    // Else quiet would be slow because the process is cold, and everything would look fair beside it.
    const warmUp = startFlood(bystander, { quick });
    await warmUp.lasts(quick ? 1000 : 5000);
    await warmUp.stop();
    await bystander.allSucceeded();
    await untilSettled(cpu);
    const atFirst = await receivedMs();

    const flooding = await open('fairness_flooding', { maxConcurrency: 100 });
    const flood = startFlood(flooding, { quick, outrunsDeliveries: true });
    const floodedFromMs = nowMs();
    await flood.lasts(quick ? 500 : 3000);
    const endOfFlood = beginWindow(flooding, cpu);
    const flooded = latency(await receivedMs().finally(flood.stop));
    const floodRate = endOfFlood().rate;
    const floodTaken = ((await flood.stop()) * 1000) / (nowMs() - floodedFromMs);
    await flooding.allSucceeded();
    await untilSettled(cpu);
    // Before either, for a machine is not as fast in the next minute as it was in the last.
    const quiet = latency([...atFirst, ...(await receivedMs())]);

    const hanging = await open('fairness_hanging', {
      count: HANGING.endpoints,
      timeoutMs: HANGING_TIMEOUT_MS,
      manner: 'hang',
    });
    const events = quick ? 2 : HANGING.events;
    const [first] = await hanging.sendBatch(events);
    await Promise.all((first?.deliveryIds ?? []).map((id) => arrivals.of(id)));
    const hung = latency(await receivedMs());
    const hungSoFar = hanging.received();

    const figures = (id: string, label: string, { p50, p99 }: { p50: number; p99: number }): Figure[] => [
      { id: `fairness.${id}_p50`, label: `${label}, p50`, unit: 'ms', value: p50 },
      { id: `fairness.${id}_p99`, label: `${label}, p99`, unit: 'ms', value: p99 },
    ];
    const ratios = (id: string, { p50, p99 }: { p50: number; p99: number }): Figure[] => [
      {
        id: `fairness.${id}_p50_to_quiet`,
        label: '  p50 to quiet',
        unit: '×',
        value: p50 / quiet.p50,
        target: { atMost: MOST_TIMES_QUIET },
      },
      {
        id: `fairness.${id}_p99_to_quiet`,
        label: '  p99 to quiet',
        unit: '×',
        value: p99 / quiet.p99,
        target: { atMost: MOST_TIMES_QUIET },
      },
    ];
    const told = `${RATE_PER_S} events/s`;
    const hangingDeliveries = events * HANGING.endpoints;
    return [
      ...figures('quiet', `${told}, alone: request to received`, quiet),
      ...figures('flood', `${told}, another account floods`, flooded),
      ...ratios('flood', flooded),
      { id: 'fairness.flood_taken', label: '  events of the flood taken in', unit: '/s', value: floodTaken },
      { id: 'fairness.flood_deliveries', label: '  deliveries of the flood', unit: '/s', value: floodRate },
      ...figures('hanging', `${told}, another's ${hangingDeliveries} deliveries hang`, hung),
      ...ratios('hanging', hung),
      {
        id: 'fairness.hanging_posts',
        label: '  of which were POSTed by then',
        unit: 'count',
        value: hungSoFar,
      },
    ];
  },
};
