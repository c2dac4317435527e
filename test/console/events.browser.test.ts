import { describe, expect, test } from 'vitest';
import { ConsoleStage } from './stage.ts';

describe('events in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();
  const ORDER = { order_id: 'ord_1', amount: 19700, nested: { paid: true, tags: ['a', null] } };

  test('an event is sent by hand, refused with each reason until it fits, and seen to arrive at every endpoint', async () => {
    const { receiver, merchant, page } = stage;
    await merchant.call('PUT', '/event-types/invoice.paid', {
      description: 'An invoice was paid.',
      schema: { type: 'object', required: ['invoice_id'], properties: { lines: { type: 'array' } } },
      sample: { invoice_id: 'inv_1' },
    });
    for (const path of ['/one', '/two']) await merchant.endpoint({ url: receiver.url(path) });
    await stage.open('/events');
    await page.getByText('No events yet').waitFor();
    await stage.expectAccessible('events-none');

    await page.getByRole('link', { name: 'Send event' }).first().click();
    await stage.heading('Send event');
    const type = page.getByRole('textbox', { name: 'Type' });
    await type.fill('invoice.paid');
    await type.press('Escape');
    const data = page.getByRole('textbox', { name: 'Data' });
    expect(await data.inputValue()).toBe('{\n  "invoice_id": "inv_1"\n}');
    await data.fill('{ "lines": 7 ');
    await page.getByText('This is not JSON yet.').waitFor();
    expect(await page.getByRole('button', { name: 'Send event' }).isDisabled()).toBe(true);
    await data.fill('{ "lines": 7 }');
    await page.getByRole('alert').getByText('/invoice_id').waitFor();
    await stage.expectAccessible('send-event-refused');
    await data.fill('{ "invoice_id": "inv_by_hand", "lines": 7 }');
    await page.getByRole('alert').getByText('/lines').waitFor();
    await data.fill('{ "invoice_id": "inv_by_hand" }');
    await page.getByLabel('Id', { exact: true }).fill('my-own-id');
    await page.getByRole('button', { name: 'Send event' }).click();
    await page.getByText('sent to 2 endpoints').waitFor();
    await page.getByText('Delivered').nth(1).waitFor();
    await stage.expectAccessible('send-event-sent');
    const requests = await receiver.waitFor(2);
    expect(requests.map(({ body }) => JSON.parse(body.toString()).id)).toEqual(['my-own-id', 'my-own-id']);

    await page.getByRole('link', { name: 'Show the event' }).click();
    await stage.heading('invoice.paid');
    await page.getByText('inv_by_hand').waitFor();
    await stage.expectAccessible('event');
  });

  test('the list is narrowed by its address, and read page by page', async () => {
    const { merchant, page } = stage;
    for (let n = 0; n < 51; n++) await merchant.send('many.times', { n });
    await merchant.send('only.once', {});
    await stage.open('/events?event=many.times&last=1h');
    await page.getByRole('link', { name: 'many.times' }).nth(49).waitFor();
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByRole('link', { name: 'many.times' }).nth(50).waitFor();
    expect(await page.getByRole('link', { name: 'only.once' }).count()).toBe(0);

    const type = page.getByRole('textbox', { name: 'Event type' });
    await type.fill('only.once');
    await type.press('Enter');
    await page.getByRole('link', { name: 'only.once' }).waitFor();
    expect(new URL(page.url()).searchParams.get('event')).toBe('only.once');
    await stage.expectAccessible('events-narrowed');
    await page.goto(`${page.url().split('?')[0]}?event=never.sent`);
    await page.getByText('No event matches').waitFor();
    await page.getByRole('button', { name: 'Show all events' }).click();
    await page.getByRole('link', { name: 'only.once' }).waitFor();
    await stage.expectAccessible('events');
  });

  test('an event goes to all endpoints again, and its data can be dropped', async () => {
    const { receiver, merchant, page } = stage;
    const only = await merchant.endpoint({ url: receiver.url('/again'), events: ['sent.again'] });
    const { id, deliveries } = await merchant.send('sent.again', ORDER);
    for (const delivery of deliveries) await merchant.until(delivery.id, 'succeeded');
    const before = receiver.requests.length;
    await stage.open(`/events/${id}`);
    await page.getByRole('button', { name: 'Resend to all…' }).click();
    await page.getByText('will act on it twice').waitFor();
    await stage.expectAccessible('resend-to-all');
    await page.getByRole('button', { name: 'Send again' }).click();
    await page.getByText('Sent again').first().waitFor();
    await receiver.waitFor(before + deliveries.length);
    expect(only.url).toBe(receiver.url('/again'));

    await page.getByRole('button', { name: 'Drop data…' }).click();
    await page.getByRole('button', { name: 'Drop data', exact: true }).click();
    await page.getByText('Its data is no longer kept').waitFor();
    expect(await page.getByRole('button', { name: 'Resend to all…' }).count()).toBe(0);
    await stage.expectAccessible('event-without-data');
  });

  test('a key that only reads sees events, and is offered nothing else', async () => {
    const { merchant, page } = stage;
    const { id } = await merchant.send('for.readers', { of: 'interest' });
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/events/${id}`);
    await page.getByText('"interest"').waitFor();
    expect(await page.getByRole('button', { name: /Resend|Drop/ }).count()).toBe(0);
    await page.getByRole('link', { name: '← Events' }).click();
    await page.getByRole('link', { name: 'for.readers' }).waitFor();
    expect(await page.getByRole('link', { name: /Send/ }).count()).toBe(0);
  });

  test('a phone gets the same pages', async () => {
    const { receiver, merchant, page } = stage;
    await merchant.endpoint({ url: receiver.url('/a-path-that-is-rather-long/for-a-phone') });
    const { id } = await merchant.send('on.a.phone', ORDER);
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/events');
    await page.getByRole('link', { name: 'on.a.phone' }).waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-events');
    await page.goto(page.url().replace('/events', `/events/${id}`));
    await stage.heading('on.a.phone');
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-event');
    await page.goto(page.url().replace(`/events/${id}`, '/send-event'));
    await page.getByRole('textbox', { name: 'Data' }).waitFor();
    await stage.expectNoSideScroll();
  });
});
