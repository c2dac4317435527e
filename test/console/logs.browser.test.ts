import { describe, expect, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { waitUntil } from '../support/wait.ts';
import { ConsoleStage } from './stage.ts';

/** Longer than any test. */
const FAR_S = 3600;

describe('the logs, in a browser', { timeout: 120_000 }, () => {
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

  test('a list longer than a page goes on where it ended, and none is shown twice', async () => {
    const { shop } = await openShop();
    const events = Array.from({ length: 30 }, (_, index) => ({ event: 'thing.counted', data: { index } }));
    await shop.call('POST', '/events/batch', { events });
    await stage.open('/logs');
    await seeRows(50);
    await stage.page.getByRole('button', { name: 'Load more' }).click();
    await seeRows(90);
    expect(await stage.page.getByRole('button', { name: 'Load more' }).count()).toBe(0);
    const links = await rows()
      .locator('.row-link')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')));
    expect(new Set(links).size).toBe(90);
  });

  test('while it is live, new deliveries come on top and change in place, and those that no filter wants go', async () => {
    const { shop, ids } = await openShop();
    const { page, receiver } = stage;
    const { deliveries } = await send(shop, 'order.completed');
    const [sleeping] = deliveries.filter(({ endpointId }) => endpointId === ids.failing);
    await stage.open('/logs');
    await seeRows(3);
    await page.getByLabel('Live tail').check();
    await page.locator('.live-state').getByText('Live').waitFor();
    await send(shop, 'order.refunded');
    await seeRows(6);
    expect(await rows().first().textContent()).toContain('order.refunded');
    await stage.expectAccessible('logs-live');

    receiver.script('/failing', 200);
    const row = page.locator('tr', { has: page.locator(`a[href$="${sleeping?.id}"]`) });
    await row.getByText('Will be retried').waitFor();
    await shop.command(sleeping?.id ?? '', 'retry');
    await row.getByText('Delivered').waitFor();
    await seeRows(6);

    await toggle('Will be retried').click();
    await seeRows(1);
    const [last] = (await shop.call<{ data: { id: string }[] }>('GET', '/deliveries?status=retrying')).body
      .data;
    await page.locator('.live-state').getByText('Live').waitFor();
    await shop.command(last?.id ?? '', 'retry');
    await page.getByText('No delivery matches').waitFor();
    await page.reload();
    await page.locator('.live-state').getByText('Live').waitFor();
    receiver.script('/failing', 503);
    await send(shop, 'invoice.paid');
    await rows().getByText('invoice.paid').waitFor();
    await seeRows(1);
  });

  test('a stream that is lost is taken up again, with what was missed', async () => {
    const { shop } = await openShop();
    const { page } = stage;
    await stage.open('/logs?live=true');
    await page.locator('.live-state').getByText('Live').waitFor();
    await page.context().setOffline(true);
    await page.locator('.live-state').getByText('Reconnecting').waitFor();
    await send(shop, 'order.completed');
    await page.context().setOffline(false);
    await page.locator('.live-state').getByText('Live').waitFor();
    await seeRows(3);
  });

  test('an id leads to its delivery, and that of an event to what it made', async () => {
    const { shop, ids } = await openShop();
    const several = await send(shop, 'order.completed');
    await shop.deleteEndpoint(ids.refusing);
    await shop.deleteEndpoint(ids.failing);
    const one = await send(shop, 'order.refunded');
    await stage.open('/logs');
    const find = async (id: string) => {
      await stage.page.getByLabel('Find by delivery or event id').fill(id);
      await stage.page.getByLabel('Find by delivery or event id').press('Enter');
    };
    await find('dlv_none');
    await stage.page.getByText('No delivery and no event has this id.').waitFor();
    await find(several.id);
    await seeRows(3);
    expect(inAddress().get('eventId')).toBe(several.id);
    await find(one.id);
    await stage.page.waitForURL(`**/deliveries/${one.deliveries[0]?.id}`);
    await stage.page.goBack();
    await find(several.deliveries[0]?.id ?? '');
    await stage.page.waitForURL(`**/deliveries/${several.deliveries[0]?.id}`);
  });

  test('a time that is chosen by hand has both ends, and nothing is live before the second', async () => {
    const { shop } = await openShop();
    await send(shop, 'order.completed');
    const { page } = stage;
    await stage.open('/logs');
    await seeRows(3);
    await page.getByRole('textbox', { name: 'Time' }).click();
    await page.getByRole('option', { name: 'Last hour' }).click();
    await seeRows(3);
    expect(inAddress().get('last')).toBe('1h');
    await page.getByRole('textbox', { name: 'Time' }).click();
    await page.getByRole('option', { name: 'From' }).click();
    await page.getByLabel('From', { exact: true }).fill('2020-01-01T00:00');
    await seeRows(3);
    await page.getByLabel('To', { exact: true }).fill('2020-02-01T00:00');
    await page.getByText('No delivery matches').waitFor();
    expect(await page.getByLabel('Live tail').isDisabled()).toBe(true);
    await page.reload();
    expect(await page.getByLabel('To', { exact: true }).inputValue()).toBe('2020-02-01T00:00');
    await stage.expectAccessible('logs-times');
  });

  test('on a phone the filters are behind a button, and nothing sticks out', async () => {
    const { shop } = await openShop();
    const { page } = stage;
    await stage.open('/logs');
    await page.getByText('No deliveries yet').waitFor();
    await stage.expectAccessible('logs-empty');
    await page.setViewportSize({ width: 390, height: 800 });
    await send(shop, 'customer.subscription.updated_with_a_long_name');
    await page.getByRole('button', { name: 'Load it again' }).click();
    await seeRows(3);
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-logs');
    await page.getByRole('button', { name: 'Filters' }).click();
    await toggle('Failed').click();
    await seeRows(1);
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-logs-filters');
  });
});
