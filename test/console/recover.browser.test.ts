import { describe, expect, test } from 'vitest';
import { afterOutage } from '../support/outage.ts';
import { answer } from '../support/steps.ts';
import { waitUntil } from '../support/wait.ts';
import { ConsoleStage } from './stage.ts';

describe('the pages of recoveries', { timeout: 150_000 }, () => {
  const stage = new ConsoleStage();
  const button = (name: string) => stage.page.getByRole('button', { name, exact: true });
  const requestsTo = (path: string) => stage.receiver.requests.filter((one) => one.path === path);
  const figure = (name: string) =>
    stage.page.locator('.stats > div', { hasText: name }).locator('dd').textContent();

  /** An endpoint that is tried once, and missed so many events because its receiver was broken. */
  async function missed(path: string, count: number): Promise<string> {
    const { receiver, merchant } = stage;
    receiver.script(path, 503);
    const event = `${path.slice(1)}.happened`;
    const { id } = await merchant.endpoint({ url: receiver.url(path), events: [event], retrySchedule: [] });
    const events = Array.from({ length: count }, (_, number) => ({ event, data: { number } }));
    await merchant.call('POST', '/events/batch', { events });
    const failed = async () =>
      (await merchant.call<{ data: object[] }>('GET', `/deliveries?endpointId=${id}&status=failed&limit=250`))
        .body.data.length;
    await waitUntil(failed, (found) => found === count, 30_000);
    return id;
  }

  test('what a broken receiver missed is counted, sent again, and arrives', async () => {
    const { receiver, page } = stage;
    await missed('/broken', 30);
    await stage.open('/endpoints');
    await page.getByRole('link', { name: 'Recover' }).click();
    await stage.heading('Recover');
    await page.getByText('No recoveries yet').waitFor();
    await stage.expectAccessible('recover-empty');
    await button('Count').click();
    await button('Send 30 again').waitFor();
    await page.getByText('events did not arrive').waitFor();
    await stage.expectAccessible('recover-counted');
    expect(requestsTo('/broken')).toHaveLength(30);
    const before = requestsTo('/broken').map(({ headers }) => headers['webhook-id']);

    receiver.script('/broken', 200);
    await button('Send 30 again').click();
    await stage.heading(`Recovery of ${receiver.url('/broken').replace('http://', '')}`);
    await page.getByText('30 of 30').waitFor();
    await page.getByText('All sent again').waitFor();
    await page.getByRole('link', { name: 'Delivered 30' }).waitFor();
    expect(await figure('Sent again')).toBe('30');
    await stage.expectAccessible('recovery-completed');
    expect(await button('Pause').count()).toBe(0);
    const again = requestsTo('/broken').slice(30);
    expect(again.map(({ headers }) => headers['webhook-id']).sort()).toEqual(before.sort());

    await page.getByRole('link', { name: '← Recover' }).click();
    await page.getByRole('cell', { name: 'All sent again' }).waitFor();
    await button('Count').click();
    await page.getByText('30 more deliveries need no sending').waitFor();
    expect(await button('Send 0 again').count()).toBe(0);
    await stage.expectAccessible('recover-none-left');
  });

  test('what fails again is shown, and leads to the logs', async () => {
    const { page } = stage;
    const id = await missed('/stubborn', 3);
    await stage.open(`/recover?endpoint=${id}`);
    await button('Count').click();
    await button('Send 3 again').click();
    await page.getByRole('link', { name: 'Failed again 3' }).click();
    await stage.heading('Logs');
    const rows = page.getByRole('row', { name: /stubborn\.happened/ });
    await expect.poll(() => rows.count()).toBe(3);
  });

  test('several endpoints are counted at once, and only those that are chosen get it again', async () => {
    const { receiver, merchant, page } = stage;
    await missed('/one', 2);
    await missed('/two', 4);
    receiver.script('/one', 200);
    receiver.script('/two', 200);
    await stage.open('/recover');
    await button('Count').click();
    await page.getByLabel(/\/one$/).uncheck();
    await page.getByLabel(/\/stubborn$/).uncheck();
    await button('Send 4 again').waitFor();
    await stage.expectAccessible('recover-several');
    await button('Send 4 again').click();
    await stage.heading(`Recovery of ${receiver.url('/two').replace('http://', '')}`);
    await page.getByRole('link', { name: 'Delivered 4' }).waitFor();
    expect(requestsTo('/one')).toHaveLength(2);
    const { body } = await merchant.call<{ data: object[] }>('GET', '/recoveries');
    expect(body.data.length).toBe(3);
  });

  test('times by hand must make sense, and are heeded', async () => {
    const { page } = stage;
    await stage.open('/recover');
    await page.getByText('From … to …').click();
    expect(await button('Count').isDisabled()).toBe(true);
    await page.getByLabel('From', { exact: true }).fill('2099-01-01T00:00');
    await page.getByText('Before now, and before the end.').waitFor();
    expect(await button('Count').isDisabled()).toBe(true);
    await page.getByLabel('From', { exact: true }).fill('2026-01-01T00:00');
    await page.getByLabel('To', { exact: true }).fill('2026-01-02T00:00');
    await button('Count').click();
    await page.getByText('events did not arrive').waitFor();
    expect(await page.locator('.counted-number').textContent()).toBe('0');
  });

  test('shows how far it has come while it runs; it is paused, resumed and cancelled', async () => {
    const { posthaste, receiver, merchant, page } = stage;
    receiver.script('/slow', answer(200, { delayMs: 100 }));
    const { id } = await merchant.endpoint({
      url: receiver.url('/slow'),
      events: ['order.*'],
      maxConcurrency: 8,
    });
    await afterOutage(posthaste, { accountId: merchant.id, id }, 1500);
    await stage.open(`/recover?endpoint=${id}`);
    await button('Count').click();
    await button('Send 1500 again').click();
    await page.getByText(/^about .* left$/).waitFor();
    await stage.expectAccessible('recovery-running');
    await button('Pause').click();
    await button('Resume').waitFor();
    const held = await figure('Sent again');
    expect(Number(held)).toBeLessThan(1500);
    await stage.expectAccessible('recovery-paused');
    await button('Resume').click();
    await button('Pause').waitFor();
    await expect.poll(() => figure('Sent again'), { timeout: 60_000 }).not.toBe(held);
    await button('Cancel…').click();
    await button('Cancel recovery').click();
    await page.getByText('Not sent', { exact: true }).waitFor();
    expect(await button('Pause').count()).toBe(0);
    await stage.expectAccessible('recovery-cancelled');
  });

  test('a second recovery of an endpoint is refused in the API’s words, on a phone, too', async () => {
    const { posthaste, receiver, merchant, page } = stage;
    const { id } = await merchant.endpoint({ url: receiver.url('/held'), events: ['order.*'] });
    await afterOutage(posthaste, { accountId: merchant.id, id }, 120);
    await merchant.pause(id);
    const since = new Date(Date.now() - 7_200_000);
    const started = await merchant.call<{ id: string }>('POST', `/endpoints/${id}/recover`, { since });
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open(`/recover?endpoint=${id}`);
    // A recovery keeps a hundred of its deliveries waiting, and these are held.
    await expect
      .poll(
        async () => {
          await page.getByRole('button', { name: /^Count/ }).click();
          return page.locator('.counted-number').textContent();
        },
        { timeout: 20_000 },
      )
      .toBe('20');
    await button('Send 20 again').click();
    await page.getByText('has a recovery that has not ended').waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-recover');

    await page.goto(`${posthaste.url}/a/${merchant.id}/recover/${started.body.id}`);
    await page.getByText('The endpoint is paused').waitFor();
    await page.getByText('100 of 120').waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-recovery');
  });

  test('a reader looks on, and can start nothing', async () => {
    const { merchant, page } = stage;
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/recover`);
    await stage.heading('Recover');
    await page.getByRole('table').waitFor();
    expect(await button('Count').count()).toBe(0);
  });
});
