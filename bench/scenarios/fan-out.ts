import { nowMs } from '../clock.ts';
import { startFlood } from '../flood.ts';
import { growthDuring } from '../memory.ts';
import { reached } from '../reached.ts';
import type { Scenario } from '../scenario.ts';
import { ratesOfTenths } from '../statistics.ts';

const ENDPOINTS = 10;
/** Far slower than what is promised. */
const LONGEST_MS = 360_000;

/** Many events, each to ten endpoints: nothing fails, memory stays flat, and the last go as fast as the first. */
export const fanOut: Scenario = {
  name: 'fan_out',
  title: `events to ${ENDPOINTS} endpoints each`,
  alone: {},
  async measure({ open, rssMb, quick }) {
    const merchant = await open('fan_out', { count: ENDPOINTS });
    const deliver = async (events: number) => {
      const before = merchant.received();
      const flood = startFlood(merchant, { quick, events, deliveriesAnEvent: ENDPOINTS });
      await flood.lasts(LONGEST_MS);
      if ((await flood.stop()) < events) throw new Error(`not all sent within ${LONGEST_MS / 1000} s`);
      await reached(merchant.received, before + events * ENDPOINTS, 'deliveries received');
    };
    // What a process grows by as it gets warm is no leak, and its first deliveries are its slowest.
    await deliver(quick ? 20 : 500);
    const warmUp = merchant.arrivals().map((times) => times.length);

    const events = quick ? 200 : 10_000;
    const begunAtMs = nowMs();
    let unsuccessful = Number.NaN;
    const growthMb = await growthDuring(rssMb, async () => {
      await deliver(events);
      unsuccessful = await merchant.unsuccessful();
    });
    const times = merchant.arrivals().flatMap((ofEndpoint, index) => ofEndpoint.slice(warmUp[index]));
    const endedAtMs = times.reduce((latest, atMs) => Math.max(latest, atMs));
    const { first, last } = ratesOfTenths(times);
    return [
      {
        id: 'fan_out.deliveries',
        label: `${events} events to ${ENDPOINTS} endpoints each: deliveries`,
        unit: '/s',
        value: (times.length * 1000) / (endedAtMs - begunAtMs),
      },
      {
        id: 'fan_out.errors',
        label: '  that did not succeed at once',
        unit: 'count',
        value: unsuccessful,
        target: { atMost: 0 },
      },
      {
        id: 'fan_out.rss_growth',
        label: '  growth of the Node process',
        unit: 'MB',
        value: growthMb,
        target: { atMost: 300 },
      },
      {
        id: 'fan_out.last_to_first',
        label: '  rate of the last tenth to the first',
        unit: '×',
        value: last / first,
        target: { atLeast: 0.9 },
      },
    ];
  },
};
