import { expect, test } from 'vitest';
import { toSendAgain } from '../../src/console/events/to-send-again.ts';

const delivery = (
  id: string,
  endpointId: string,
  status: 'succeeded' | 'failed' | 'retrying',
  more = {},
) => ({
  id,
  endpointId,
  status,
  workflowId: id,
  attemptCount: 1,
  ...more,
});

test('an event goes again to each endpoint once: by its newest delivery, unless one is on its way', () => {
  const deliveries = [
    delivery('first', 'a', 'failed'),
    delivery('again', 'a', 'succeeded', { resendOf: 'first' }),
    delivery('ended', 'b', 'failed'),
    delivery('sleeps', 'b', 'retrying', { resendOf: 'ended' }),
    delivery('gone', 'c', 'failed', { reason: 'endpoint_deleted' }),
    delivery('only', 'd', 'succeeded'),
  ];
  expect(toSendAgain(deliveries).map(({ id }) => id)).toEqual(['again', 'only']);
});
