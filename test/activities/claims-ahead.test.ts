import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClaimsAhead } from '../../activities/claims-ahead.ts';
import { createEndpointTurns } from '../../activities/endpoint-turns.ts';
import { createTaskRoom } from '../../activities/task-room.ts';
import type { AttemptClaim, ClaimAnswer, ClaimRequest } from '../../src/db/attempt-claim.ts';
import type { DeliveryWrites } from '../../src/db/delivery-writes.ts';

const DELIVERY = { id: 'dlv_1', accountId: 'shop', endpointId: 'ep_1' };
const FIRST: ClaimRequest = { deliveryId: DELIVERY.id, number: 1 };
const CLAIMED = { kind: 'claimed', claim: { deliveryId: DELIVERY.id } as AttemptClaim } as const;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** @param answer of the database; default: the claim */
function ahead(answer: () => Promise<ClaimAnswer> = async () => CLAIMED) {
  const asked: ClaimRequest[] = [];
  const released: string[] = [];
  const writes = {
    claim(request: ClaimRequest) {
      asked.push(request);
      return answer();
    },
    async release({ deliveryId }: { deliveryId: string }) {
      released.push(deliveryId);
    },
  } as Partial<DeliveryWrites> as DeliveryWrites;
  const [taskRoom, turns] = [createTaskRoom(), createEndpointTurns()];
  return { ...createClaimsAhead({ writes, taskRoom, turns }), asked, released, taskRoom, turns };
}

test('what was claimed ahead is answered once, and whoever began it learns that it was', async () => {
  const { begin, claim, asked, released } = ahead();
  const begun = begin(DELIVERY);
  expect(await claim(FIRST)).toEqual(CLAIMED);
  await begun;
  expect(asked).toEqual([FIRST]);
  await claim(FIRST);
  expect(asked).toHaveLength(2);
  await vi.runAllTimersAsync();
  expect(released).toEqual([]);
});

test('another attempt, and another delivery, are claimed as ever', async () => {
  const { begin, claim, asked } = ahead();
  begin(DELIVERY);
  await claim({ ...FIRST, number: 2 });
  await claim({ ...FIRST, deliveryId: 'dlv_2' });
  expect(asked).toHaveLength(3);
});

test('what nobody comes for is given back after a second, and so is all of it in the end', async () => {
  const { begin, stop, released } = ahead();
  const begun = begin(DELIVERY);
  await vi.advanceTimersByTimeAsync(900);
  expect(released).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(released).toEqual([DELIVERY.id]);
  await begun;
  begin({ ...DELIVERY, id: 'dlv_2' });
  await stop();
  expect(released).toHaveLength(2);
});

test('an attempt that is to be made elsewhere is given back before that is known', async () => {
  const { begin, giveBack, claim, asked, released } = ahead();
  begin(DELIVERY);
  await giveBack(DELIVERY.id);
  expect(released).toEqual([DELIVERY.id]);
  await claim(FIRST);
  expect(asked).toHaveLength(2);
});

test('what the database says instead of a claim is answered, and needs no giving back', async () => {
  const held = { kind: 'step', step: { kind: 'held', endpoint: 'busy' } } as const;
  const { begin, claim, giveBack, released } = ahead(async () => held);
  begin(DELIVERY);
  expect(await claim(FIRST)).toEqual(held);
  begin(DELIVERY);
  await giveBack(DELIVERY.id);
  expect(released).toEqual([]);
});

test('a fault of the database is met by whoever asks, not by whoever asked ahead', async () => {
  let asks = 0;
  const { begin, claim } = ahead(async () => {
    if (++asks === 1) throw new Error('the database is away');
    return CLAIMED;
  });
  begin(DELIVERY);
  expect(await claim(FIRST)).toEqual(CLAIMED);
  expect(asks).toBe(2);
});

test('where attempts wait for their turn, or go out otherwise, nothing is claimed ahead', async () => {
  const { begin, asked, taskRoom, turns } = ahead();
  void taskRoom.watch('ep_1', new Promise(() => undefined));
  await vi.advanceTimersByTimeAsync(2000);
  expect(begin(DELIVERY)).toBeUndefined();
  turns.learn('ep_2', 1);
  void turns.inTurn('ep_2', () => new Promise(() => undefined));
  expect(begin({ ...DELIVERY, endpointId: 'ep_2' })).toBeUndefined();
  expect(asked).toEqual([]);
});

test('what is claimed ahead has its place at the endpoint, and no more are claimed than have one', async () => {
  const { begin, claim, giveBack, passPlace, asked, turns } = ahead();
  turns.learn('ep_1', 2);
  begin(DELIVERY);
  begin({ ...DELIVERY, id: 'dlv_2' });
  expect(begin({ ...DELIVERY, id: 'dlv_3' })).toBeUndefined();
  expect(asked).toHaveLength(2);
  await giveBack('dlv_2');
  expect(turns.isFull('ep_1')).toBe(false);

  // The activity takes the place over, and leaves it when the attempt has ended.
  begin({ ...DELIVERY, id: 'dlv_4' });
  expect([passPlace(DELIVERY.id), passPlace(DELIVERY.id), passPlace('dlv_3')]).toEqual([true, false, false]);
  let end = () => undefined as unknown;
  const made = turns.inTurn('ep_1', () => new Promise((resolve) => (end = () => resolve(claim(FIRST)))), {
    held: true,
  });
  expect(turns.isFull('ep_1')).toBe(true);
  end();
  expect(await made).toEqual(CLAIMED);
  expect(turns.isFull('ep_1')).toBe(false);
});

test('few are claimed ahead at a time', async () => {
  const { begin, claim, asked } = ahead();
  for (let n = 0; n < 20; n++) begin({ ...DELIVERY, id: `dlv_${n}` });
  const few = asked.length;
  expect(few).toBeLessThan(10);
  await claim({ ...FIRST, deliveryId: 'dlv_0' });
  begin({ ...DELIVERY, id: 'dlv_20' });
  expect(asked).toHaveLength(few + 1);
});
