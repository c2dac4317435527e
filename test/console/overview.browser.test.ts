import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { waitUntil } from '../support/wait.ts';
import { ConsoleStage } from './stage.ts';

/** Longer than any test. */
const FAR_S = 3600;
/** Longer than until the page looks again. */
const REFRESHED_WITHIN_MS = 30_000;

describe('the overview, in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  const tile = (name: string) => stage.page.getByRole('region', { name, exact: true });
  const showsIn = (name: string, text: string, deadlineMs?: number) =>
    waitUntil(
      () => tile(name).textContent(),
      (shown) => shown?.includes(text) ?? false,
      deadlineMs,
    );

  /** An account with three endpoints: one that works, one that refuses and one that fails. */
  async function openShop(): Promise<{ shop: Merchant; failing: string }> {
    const shop = await openAccount(stage.posthaste);
    stage.merchant = shop;
    const { receiver } = stage;
    receiver.script('/refusing', 400);
    receiver.script('/failing', 503);
    for (const path of ['/good', '/refusing']) await shop.endpoint({ url: receiver.url(path) });
    const { id } = await shop.endpoint({ url: receiver.url('/failing'), retrySchedule: [FAR_S] });
    return { shop, failing: id };
  }

  async function send(shop: Merchant): Promise<void> {
    const { deliveries } = await shop.send('order.completed');
    for (const { id } of deliveries)
      await shop.until(id, ({ status }) => ['succeeded', 'failed', 'retrying'].includes(status));
  }

  test('the figures are those of what was sent, and follow it', async () => {
    const { shop } = await openShop();
    const { page } = stage;
    for (let times = 0; times < 3; times += 1) await send(shop);
    await stage.signIn(await stage.key());
    await stage.heading('Overview');
    await showsIn('Deliveries', '3 failed');
    expect(await tile('Deliveries').locator('.tile-figure').textContent()).toBe('9');
    await showsIn('Success rate', '50 %');
    await showsIn('Response time', ' ms');
    await showsIn('Waiting now', '3');
    expect(await page.locator('.counts li').allTextContents()).toEqual([
      'Waiting0',
      'On its way0',
      'Will be retried3',
      'Held0',
    ]);
    expect(await page.locator('.due .count').allTextContents()).toEqual(['3']);
    expect(await page.locator('.troubled li').count()).toBe(2);
    const cells = await page.locator('caption + thead + tbody td').allTextContents();
    const sums = [0, 1, 2, 3].map((column) =>
      cells.reduce((sum, text, at) => sum + (at % 4 === column ? Number(text) : 0), 0),
    );
    expect(sums).toEqual([3, 3, 0, 3]);
    await page.locator('.recharts-bar-rectangle path').first().waitFor();
    await stage.expectAccessible('overview');

    await send(shop);
    await showsIn('Deliveries', '4 failed', REFRESHED_WITHIN_MS);
    await page.getByText('31 days').click();
    await page.waitForURL('**/overview?range=31d');
    await page.reload();
    await showsIn('Deliveries', '4 failed');
    await page.locator('.recharts-bar-rectangle path').first().waitFor();
    await stage.expectAccessible('overview-month');
  });

  test('what is wrong leads to the endpoint, to what failed there, and to what was sent then', async () => {
    const { shop, failing } = await openShop();
    const { page, receiver } = stage;
    await send(shop);
    await stage.open('/overview');
    const troubled = page.locator('.troubled li', { hasText: '/failing' });
    await troubled.getByRole('link', { name: 'What failed' }).click();
    await stage.heading('Logs');
    expect(new URL(page.url()).searchParams.get('endpoint')).toBe(failing);
    await page.locator('.deliveries tbody tr').getByText('503').waitFor();
    expect(await page.locator('.deliveries tbody tr').count()).toBe(1);
    await page.goBack();

    await page.locator('.recharts-bar-rectangle path').first().hover();
    await page.locator('.mantine-ChartTooltip-tooltipLabel').waitFor();
    await page.locator('.recharts-bar-rectangle path').first().click();
    await stage.heading('Logs');
    await waitUntil(
      () => page.locator('.deliveries tbody tr').count(),
      (seen) => seen === 3,
    );
    expect(new URL(page.url()).searchParams.get('since')).toMatch(/:00\.000Z$/);
    await page.goBack();

    await troubled.getByRole('link', { name: '/failing' }).click();
    await stage.heading(receiver.url('/failing'));
    await page.getByRole('link', { name: 'Logs', exact: true }).last().click();
    await page.waitForURL(`**/logs?endpoint=${failing}`);
  });

  test('an account that sent nothing is led to its first endpoint, and then to a test event', async () => {
    const shop = await openAccount(stage.posthaste);
    stage.merchant = shop;
    const { page, receiver } = stage;
    await stage.open('/overview');
    await page.getByText('Nothing is delivered yet').waitFor();
    await stage.expectAccessible('overview-empty');
    await page.getByRole('link', { name: 'Add endpoint' }).click();
    await stage.heading('Add endpoint');
    await shop.endpoint({ url: receiver.url('/first') });
    await page.goto(`${stage.posthaste.url}/a/${shop.id}/overview`);
    await page.getByText('No deliveries in the last 24 hours').waitFor();
    await page.getByRole('link', { name: 'Send test event' }).click();
    await stage.heading('Send a test event');
  });

  test('what takes too long to count is said to be, and asked for again by hand alone', async () => {
    const { shop } = await openShop();
    await send(shop);
    const { page } = stage;
    let asked = 0;
    page.on('request', (request) => {
      if (/\/v1\/.*\/overview\?/.test(request.url())) asked += 1;
    });
    const holdsUp = new pg.Client({ connectionString: stage.posthaste.databaseUrl });
    await holdsUp.connect();
    onTestFinished(() => holdsUp.end());
    await holdsUp.query('begin');
    await holdsUp.query('lock table endpoint_health in access exclusive mode');
    await page.clock.install();
    await stage.open('/overview?range=31d');
    await page.getByRole('alert').getByText('choose a shorter span of time').waitFor();
    for (let times = 0; times < 10; times += 1) await page.clock.fastForward(60_000);
    expect(asked).toBe(1);
    await stage.expectAccessible('overview-too-long');

    await holdsUp.query('rollback');
    await page.getByRole('button', { name: 'Try again' }).click();
    await showsIn('Success rate', '50 %');
    expect(asked).toBe(2);
  });

  test('on a phone nothing sticks out', async () => {
    const { shop } = await openShop();
    await send(shop);
    await stage.page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/overview');
    await showsIn('Success rate', '50 %');
    await stage.page.locator('.recharts-bar-rectangle path').first().waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-overview');
  });
});
