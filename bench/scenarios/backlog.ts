import { nowMs } from '../clock.ts';
import type { Accepted } from '../merchant.ts';
import type { Scenario } from '../scenario.ts';

const CONCURRENCY = 64;

/**
 * Events faster than they can be delivered: 64 senders, each of which sends its next event as soon as its last one
 * was accepted. Whatever piles up is then delivered.
 */
export const backlog: Scenario = {
  name: 'backlog',
  title: `backlog, ${CONCURRENCY} senders that wait for no delivery`,
  async measure({ merchant, arrivals, quick }) {
    const events = quick ? 200 : 1000;
    const accepted: Accepted[] = [];
    let begun = 0;
    const sender = async () => {
      while (begun < events) {
        begun++;
        accepted.push(await merchant.send());
      }
    };
    const startedAtMs = nowMs();
    await Promise.all(Array.from({ length: CONCURRENCY }, sender));
    const acceptedAtMs = nowMs();
    const receivedAtMs = Math.max(...(await Promise.all(accepted.map(({ id }) => arrivals.of(id)))));
    const recordedAtMs = await merchant.allSucceeded();

    const rateUntil = (atMs: number) => ({
      unit: '/s' as const,
      value: (events * 1000) / (atMs - startedAtMs),
    });
    return [
      { id: 'backlog.accepted', label: `Backlog of ${events}: accepted`, ...rateUntil(acceptedAtMs) },
      { id: 'backlog.received', label: `Backlog of ${events}: received`, ...rateUntil(receivedAtMs) },
      { id: 'backlog.recorded', label: `Backlog of ${events}: recorded`, ...rateUntil(recordedAtMs) },
    ];
  },
};
