import { nowMs } from '../clock.ts';
import { SENDERS } from '../flood.ts';
import type { Scenario } from '../scenario.ts';

/**
 * Events faster than they can be delivered: each sender sends its next event as soon as its last one was accepted,
 * however many pile up. They are then delivered.
 */
export const backlog: Scenario = {
  name: 'backlog',
  title: `backlog, ${SENDERS} senders that wait for no delivery`,
  async measure({ open, arrivals, quick }) {
    const merchant = await open('backlog');
    const events = quick ? 200 : 1000;
    const ids: string[] = [];
    let begun = 0;
    const sender = async () => {
      while (begun < events) {
        begun++;
        ids.push(...(await merchant.send()).deliveryIds);
      }
    };
    const startedAtMs = nowMs();
    await Promise.all(Array.from({ length: SENDERS }, sender));
    const acceptedAtMs = nowMs();
    const receivedAtMs = Math.max(...(await Promise.all(ids.map((id) => arrivals.of(id)))));
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
