import { pino } from 'pino';
import { afterAll, expect, test } from 'vitest';
import { LOG_OPTIONS } from '../../src/log.ts';
import { openAccount } from '../support/merchant.ts';
import { startPosthaste } from '../support/posthaste.ts';
import { startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

const receiver = await startReceiver();
afterAll(() => receiver.close());

test.each(['off', 'always'] as const)(
  'each attempt is one line with the ids of what it belongs to, each request another, and none tells a secret (bursts %s)',
  async (bursts) => {
    const lines: string[] = [];
    const logger = pino(LOG_OPTIONS, { write: (line: string) => void lines.push(line) });
    const posthaste = await startPosthaste({ logger, bursts });
    try {
      const shop = await openAccount(posthaste);
      receiver.script(`/${bursts}`, 500, 200);
      const headers = { authorization: 'Bearer of-the-endpoint' };
      const url = `${receiver.url(`/${bursts}`)}?token=in-the-url`;
      const { id: endpointId, secret } = await shop.endpoint({ url, headers });
      const { id: eventId, deliveries } = await shop.send('stock.moved', { card: 'xyzzy-in-the-payload' });
      const deliveryId = deliveries[0]?.id ?? '';
      await shop.until(deliveryId, 'retrying');
      await shop.command(deliveryId, 'retry');
      await shop.until(deliveryId, 'succeeded');

      const told = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>);
      const attempts = await waitUntil(
        () => told().filter(({ msg, deliveryId: id }) => msg === 'attempt' && id === deliveryId),
        ({ length }) => length === 2,
      );
      const ids = { level: 30, accountId: shop.id, eventId, eventType: 'stock.moved', endpointId, try: 1 };
      expect(attempts).toMatchObject([
        { ...ids, number: 1, responseStatus: 500, error: 'server_error', status: 'retrying' },
        { ...ids, number: 2, responseStatus: 200, status: 'succeeded' },
      ]);
      const sent = told().filter(({ route }) => route === '/v1/accounts/:account/events');
      expect(sent).toMatchObject([
        {
          msg: 'request',
          status: 202,
          accountId: shop.id,
          caller: 'operator',
          requestId: expect.any(String),
        },
      ]);
      for (const hidden of [
        secret,
        secret.replace('whsec_', ''),
        posthaste.operatorKey,
        'xyzzy',
        'in-the-url',
        'of-the-endpoint',
      ])
        expect(lines.join('')).not.toContain(hidden);
    } finally {
      await posthaste.stop();
    }
  },
);
