import { describe, expect, test } from 'vitest';
import { answer } from '../support/steps.ts';
import { ConsoleStage } from './stage.ts';

describe('the page of a delivery', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage({ temporalUiUrl: 'http://127.0.0.1:8233' });
  const timeline = () => stage.page.getByRole('list', { name: 'Timeline' });
  const button = (name: string) => stage.page.getByRole('button', { name, exact: true });
  const requestsTo = (path: string) => stage.receiver.requests.filter((one) => one.path === path);

  /** An endpoint of its own for each test, so that an event makes one delivery. */
  async function delivered(path: string, fields: object = {}): Promise<{ id: string; endpointId: string }> {
    const { merchant, receiver } = stage;
    const event = `${path}.happened`;
    const endpoint = await merchant.endpoint({ url: receiver.url(`/${path}`), events: [event], ...fields });
    const { deliveries } = await merchant.send(event, { order: 4711, note: 'fresh' });
    return { id: deliveries[0]?.id ?? '', endpointId: endpoint.id };
  }

  test('shows the wait after a 503, retries at a press, and tells the whole story', async () => {
    const { receiver, merchant, page } = stage;
    receiver.script('/mended', answer(503, { body: '{"error":"database away","hint":["try","later"]}' }));
    const { id } = await delivered('mended');
    await merchant.until(id, 'retrying');
    await stage.open(`/deliveries/${id}`);
    await stage.heading('mended.happened');
    await page.getByText(/^Answered 503; tries again in (5|4) min.* \(\d\d:\d\d\)\.$/).waitFor();
    await timeline()
      .getByText(/^Waits 5 min until .* as the schedule says$/)
      .waitFor();
    await timeline()
      .getByText(/^Attempt 2 in/)
      .waitFor();
    expect(await timeline().getByText('Attempt 5').count()).toBe(0);
    await page.getByText('which is a reason to try again').waitFor();
    await page.getByText('database away').waitFor();
    await stage.expectAccessible('delivery-retrying');
    await page.getByText('2 more planned').click();
    await timeline()
      .getByText(/^Attempt 6 .*the last one$/)
      .waitFor();

    receiver.script('/mended', 200);
    await button('Retry now').click();
    await page.getByText(/^Arrived at attempt 2, after 1 failure: answered 200 OK/).waitFor();
    await timeline()
      .getByText(/^Waited \d+ s of 5 min$/)
      .waitFor();
    await timeline()
      .getByText(/Retried by hand by the key/)
      .waitFor();
    await timeline()
      .getByText(/^Ended as delivered/)
      .waitFor();
    expect(await button('Retry now').count()).toBe(0);
    await stage.expectAccessible('delivery-delivered');
    expect(requestsTo('/mended')).toHaveLength(2);
  });

  test('a 404 ends it, with what to do; sent again it is a new delivery that leads back', async () => {
    const { receiver, merchant, page } = stage;
    receiver.script('/missing', answer(404, { body: 'no such hook' }));
    const { id } = await delivered('missing');
    await merchant.until(id, 'failed');
    await stage.open(`/deliveries/${id}`);
    await page.getByText('Ended: 404 is not retried.').waitFor();
    await page.getByText('mend it and resend').waitFor();
    await page.getByText('no such hook').waitFor();
    expect(await button('Cancel…').count()).toBe(0);
    await stage.expectAccessible('delivery-rejected');

    receiver.script('/missing', 200);
    await button('Resend').click();
    await page.getByText(/^Arrived at the first attempt/).waitFor();
    expect(page.url()).not.toContain(id);
    await page.getByRole('link', { name: id }).click();
    await page.getByText('Ended: 404 is not retried.').waitFor();
    expect(requestsTo('/missing').map(({ headers }) => headers['webhook-id'])).toEqual(
      Array(2).fill(requestsTo('/missing')[0]?.headers['webhook-id']),
    );
  });

  test('one that arrived is sent again only when that is confirmed', async () => {
    const { merchant, page } = stage;
    const { id } = await delivered('twice');
    await merchant.until(id, 'succeeded');
    await stage.open(`/deliveries/${id}`);
    await button('Resend…').click();
    await page.getByText('It has arrived already.').waitFor();
    await button('Leave it').click();
    await button('Resend…').click();
    await button('Send again').click();
    await page.getByRole('link', { name: id }).waitFor();
    await page.getByText(/^Arrived at the first attempt/).waitFor();
    expect(requestsTo('/twice')).toHaveLength(2);
  });

  test('is cancelled when that is confirmed, and says by whom', async () => {
    const { receiver, merchant, page } = stage;
    receiver.script('/given-up', 500);
    const { id } = await delivered('given-up');
    await merchant.until(id, 'retrying');
    await stage.open(`/deliveries/${id}`);
    await button('Cancel…').click();
    await page.getByRole('dialog').waitFor();
    await stage.expectAccessible('delivery-cancel');
    await button('Keep trying').click();
    expect((await merchant.delivery(id)).status).toBe('retrying');
    await button('Cancel…').click();
    await button('Cancel delivery').click();
    await page.getByText(/^Cancelled by the key key_\w+, after 1 attempt\.$/).waitFor();
    await timeline()
      .getByText(/^Cancelled/)
      .waitFor();
    expect((await merchant.delivery(id)).status).toBe('cancelled');
  });

  test('is given another schedule, which is shown before, and kept', async () => {
    const { receiver, merchant, page } = stage;
    receiver.script('/moved', 503);
    const { id } = await delivered('moved');
    await merchant.until(id, 'retrying');
    await stage.open(`/deliveries/${id}`);
    await button('Reschedule…').click();
    await page.getByLabel('Another time for the next attempt').uncheck();
    await page.getByLabel('Another schedule from here on').check();
    await page.getByLabel('Waits').fill('nonsense');
    await page.getByText('A wait is 1 second to 7 days.').waitFor();
    expect(await button('Reschedule').isDisabled()).toBe(true);
    await page.getByLabel('Waits').fill('1s, 3h');
    await page.getByText(/^Attempts then: [\d:]+ · [\d:]+/).waitFor();
    await stage.expectAccessible('delivery-reschedule');
    await button('Reschedule').click();
    await page.getByText(/^Answered 503 twice; tries again in (3 h|2 h 59 min)/).waitFor();
    expect((await merchant.delivery(id)).retrySchedule).toEqual([1, 10_800]);
    await timeline()
      .getByText(/Rescheduled by the key/)
      .waitFor();
    await timeline()
      .getByText(/^Attempt 3 .*the last one$/)
      .waitFor();

    await button('Reschedule…').click();
    await page.getByLabel('Next attempt at').fill('2000-01-01T00:00');
    await button('Reschedule').click();
    await page.getByText(/^Ended: all 3 attempts failed\. Answered 503 3 times\.$/).waitFor();
  });

  test('says what it waits for: its time, its endpoint, the one before it', async () => {
    const { receiver, merchant, page } = stage;
    const { id: endpointId } = await merchant.endpoint({
      url: receiver.url('/lane'),
      events: ['lane.*'],
      ordered: true,
    });
    const later = await merchant.send('lane.later', {}, { deliverAt: new Date(Date.now() + 3_600_000) });
    receiver.script('/lane', 503);
    const first = await merchant.send('lane.first', {}, { orderingKey: 'a' });
    const firstId = first.deliveries[0]?.id ?? '';
    await merchant.until(firstId, 'retrying');
    const second = await merchant.send('lane.second', {}, { orderingKey: 'a' });
    await stage.open(`/deliveries/${second.deliveries[0]?.id}`);
    await page.getByText('Waits for its turn: the delivery before it').waitFor();
    await page.getByRole('link', { name: 'The delivery that it waits for' }).click();
    await stage.heading('lane.first');

    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/deliveries/${later.deliveries[0]?.id}`);
    await page.getByText(/^Its first attempt is in (1 h|60 min|59 min)/).waitFor();
    await merchant.pause(endpointId);
    const held = await merchant.send('lane.held', {});
    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/deliveries/${held.deliveries[0]?.id}`);
    await page.getByText(/^Waits because the endpoint is paused\./).waitFor();
    await stage.expectAccessible('delivery-held');
    receiver.script('/lane', 200);
    await merchant.resume(endpointId);
    await page.getByText(/^Arrived at the first attempt/).waitFor();
  });

  test('one whose payload is dropped says so instead of showing requests', async () => {
    const { merchant, page } = stage;
    const { id } = await delivered('dropped');
    const { eventId } = await merchant.until(id, 'succeeded');
    await merchant.call('DELETE', `/events/${eventId}/payload`);
    await stage.open(`/deliveries/${id}`);
    await page.getByRole('tab', { name: 'Request' }).click();
    await page.getByText('The payload is gone').waitFor();
    expect(await button('Copy as curl').count()).toBe(0);
  });

  test('the operator finds its workflow in Temporal; a reader can change nothing', async () => {
    const { posthaste, receiver, merchant, page } = stage;
    receiver.script('/watched', 503);
    const { id } = await delivered('watched');
    await merchant.until(id, 'retrying');
    const path = `/a/${merchant.id}/deliveries/${id}`;
    await stage.signIn(posthaste.operatorKey, path);
    await button('More').click();
    const link = page.getByRole('menuitem', { name: 'Open in Temporal' });
    await expect
      .poll(() => link.getAttribute('href'))
      .toBe(`http://127.0.0.1:8233/namespaces/default/workflows/${id}`);
    await page.keyboard.press('Escape');
    await button('Sign out').click();
    await stage.signIn(await stage.key(['read']), path);
    await page.getByText(/^Answered 503; tries again/).waitFor();
    for (const name of ['Retry now', 'Cancel…', 'Reschedule…', 'More'])
      expect(await button(name).count(), name).toBe(0);
  });

  test('a test event leads to its delivery, on a phone too', async () => {
    const { receiver, merchant, page } = stage;
    receiver.script('/tried', 500);
    const { id } = await merchant.endpoint({ url: receiver.url('/tried'), events: ['tried.*'] });
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open(`/endpoints/${id}/test`);
    await page.getByRole('textbox', { name: 'Type' }).fill('tried.out');
    await page.getByRole('textbox', { name: 'Type' }).press('Escape');
    await button('Send').click();
    await page.getByRole('link', { name: 'Open the delivery' }).click();
    await stage.heading('tried.out');
    await page.getByText(/^Answered 500; tries again in/).waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-delivery');
    await page.getByRole('tab', { name: 'Request' }).click();
    await button('Copy as curl').waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-delivery-request');
  });
});
