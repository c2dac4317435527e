import { describe, expect, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { waitUntil } from '../support/wait.ts';
import { browserPath, ConsoleStage } from './stage.ts';

/** Longer than any test. */
const FAR_S = 3600;

describe.skipIf(!browserPath)('the logs, in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  const rows = () => stage.page.locator('.deliveries tbody tr');
  const seeRows = (count: number) =>
    waitUntil(
      () => rows().count(),
      (seen) => seen === count,
      20_000,
    );
  const inAddress = () => new URL(stage.page.url()).searchParams;
  const toggle = (name: string) => stage.page.getByRole('button', { name, exact: true });

  /** An account with an endpoint of each kind, and what became of an event at each. */
  async function openShop(): Promise<{
    shop: Merchant;
    ids: Record<'good' | 'refusing' | 'failing', string>;
  }> {
    const shop = await openAccount(stage.posthaste);
    stage.merchant = shop;
    const { receiver } = stage;
    receiver.script('/refusing', 400);
    receiver.script('/failing', 503);
    const add = async (path: string) =>
      (await shop.endpoint({ url: receiver.url(path), retrySchedule: [FAR_S] })).id;
    return {
      shop,
      ids: { good: await add('/good'), refusing: await add('/refusing'), failing: await add('/failing') },
    };
  }

  const send = async (shop: Merchant, event: string) => {
    const sent = await shop.send(event);
    await Promise.all(
      sent.deliveries.map(({ id }) =>
        shop.until(id, ({ status }) => ['succeeded', 'failed', 'retrying'].includes(status)),
      ),
    );
    return sent;
  };

  test('filters choose the rows, stand in the address, and are there again after a reload', async () => {
    const { shop, ids } = await openShop();
    await send(shop, 'order.completed');
    await send(shop, 'order.completed');
    await send(shop, 'order.refunded');
    const { page } = stage;
    await stage.open('/logs');
    await stage.heading('Logs');
    await seeRows(9);
    await stage.expectAccessible('logs');

    await toggle('Failed').click();
    await seeRows(3);
    await toggle('Will be retried').click();
    await seeRows(6);
    expect(inAddress().get('status')).toBe('retrying,failed');
    await page.reload();
    await seeRows(6);
    expect(await toggle('Failed').getAttribute('aria-pressed')).toBe('true');

    await page.getByLabel('Event type').first().fill('order.refunded');
    await page.getByLabel('Event type').first().press('Enter');
    await seeRows(2);
    await page.getByLabel('Response code').fill('503');
    await seeRows(1);
    await rows().getByText('503').waitFor();
    await stage.expectAccessible('logs-filtered');
    await page.reload();
    await seeRows(1);
    await page.getByLabel('Response code').fill('500');
    await page.getByText('No delivery matches').waitFor();
    await stage.expectAccessible('logs-no-match');
    await page.getByRole('button', { name: 'Clear filters' }).first().click();
    await seeRows(9);

    await page.getByRole('textbox', { name: 'Endpoint' }).click();
    await page.getByRole('option', { name: '/good' }).click();
    await seeRows(3);
    expect(inAddress().get('endpoint')).toBe(ids.good);
    await page.reload();
    await seeRows(3);
    await page.goBack();
    await seeRows(9);
  });
});
