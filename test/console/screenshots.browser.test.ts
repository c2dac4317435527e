import { mkdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createPool } from '../../src/db/pool.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { openAccount } from '../support/merchant.ts';
import { answer } from '../support/steps.ts';
import { writePast } from './past.ts';
import { ConsoleStage } from './stage.ts';

/** Where the pictures go: `npm run screenshots`. Without it this only says that it was skipped. */
const FOLDER = process.env.SCREENSHOTS ?? '';

describe.skipIf(!FOLDER)('the pictures of the README', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage({ temporalUiUrl: 'http://127.0.0.1:8233' });

  test('are those of a shop whose receiver broke', async () => {
    const { page, receiver } = stage;
    const merchant = await openAccount(stage.posthaste, 'halcyon');
    stage.merchant = merchant;
    mkdirSync(FOLDER, { recursive: true });
    const picture = async (name: string) => {
      await page.evaluate('document.fonts.ready.then(() => 0)');
      await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: 'disabled' });
    };

    // The receivers listen on this machine; in the pictures they have names.
    receiver.script('/crm', answer(503, { body: '{"error":"the database is away"}', delayMs: 40 }));
    receiver.script('*', answer(200, { body: 'ok', delayMs: 25 }));
    const events = ['order.*', 'subscription.*'];
    const shop = await merchant.endpoint({ url: receiver.url('/shop'), profile: 'selgora', events });
    const crm = await merchant.endpoint({
      url: receiver.url('/crm'),
      profile: 'selgora',
      events: ['order.*'],
    });
    const stock = await merchant.endpoint({ url: receiver.url('/stock'), events: ['order.completed'] });
    await writePast(stage.posthaste, merchant.id, [shop.id, stock.id, crm.id]);
    const broken: string[] = [];
    for (const event of ['order.completed', 'order.refunded', 'subscription.created', 'order.completed']) {
      const { deliveries } = await merchant.send(event, sampleOf(event) ?? {});
      for (const { id, endpointId } of deliveries) {
        await merchant.until(id, endpointId === crm.id ? 'retrying' : 'succeeded');
        if (endpointId === crm.id) broken.push(id);
      }
    }
    const [first = ''] = broken;
    await merchant.command(first, 'retry');
    await merchant.until(first, ({ attempts }) => attempts.length === 2);
    await merchant.until(first, 'retrying');
    receiver.script('/shop', answer(404, { body: '{"error":"no such hook"}' }));
    const { body: rejected } = await merchant.call<{ deliveryId: string }>(
      'POST',
      `/endpoints/${shop.id}/test`,
      {
        event: 'order.completed',
      },
    );
    await merchant.until(rejected.deliveryId, 'failed');
    await nameReceivers();

    await stage.open('/overview');
    await page.locator('.recharts-bar-rectangle path').first().waitFor();
    await picture('overview');

    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/logs`);
    await page.locator('.deliveries tbody tr').first().waitFor();
    await picture('logs');

    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/deliveries/${first}`);
    await page.getByText('which is a reason to try again').first().waitFor();
    await picture('delivery');

    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/deliveries/${rejected.deliveryId}`);
    await page.getByText('Ended: 404 is not retried.').waitFor();
    await picture('delivery-failed');

    receiver.script('/crm', 200);
    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/recover?endpoint=${crm.id}`);
    await page.getByRole('button', { name: 'Count', exact: true }).click();
    await page.getByRole('button', { name: /^Send \d+ again$/ }).waitFor();
    await picture('recover');
    expect(broken.length).toBeGreaterThan(0);

    async function nameReceivers() {
      const pool = createPool(stage.posthaste.databaseUrl, () => undefined, { max: 1 });
      const names = { [shop.id]: 'shop', [crm.id]: 'crm', [stock.id]: 'stock' };
      for (const [id, name] of Object.entries(names)) {
        await pool.query('update endpoints set url = $2 where id = $1', [
          id,
          `https://${name}.example/webhooks`,
        ]);
      }
      await pool.query(`update endpoint_health set failing_since = now() - interval '2 hours'`);
      await pool.end();
    }
  });
});
