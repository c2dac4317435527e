import { describe, expect, test } from 'vitest';
import { ConsoleStage } from './stage.ts';

describe('event types in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  test('both catalogues are there by topic, found by search, and each type can be tried', async () => {
    const { page } = stage;
    await stage.open('/event-types');
    await page
      .getByRole('region', { name: 'Selgora' })
      .getByRole('link', { name: 'order.completed' })
      .waitFor();
    await page.getByRole('heading', { name: 'order.*' }).waitFor();
    await stage.expectAccessible('event-types');
    await page.getByLabel('Search event types').fill('refund');
    await page.getByRole('link', { name: 'order.refunded' }).waitFor();
    expect(await page.getByRole('link', { name: 'order.completed' }).count()).toBe(0);
    expect(new URL(page.url()).searchParams.get('find')).toBe('refund');
    await page.getByText('Selz', { exact: true }).first().click();
    expect(await page.getByRole('link', { name: 'order.refunded' }).count()).toBe(0);
    await page.getByText('All', { exact: true }).click();

    await page.getByRole('link', { name: 'order.refunded' }).click();
    await stage.heading('order.refunded');
    await page.getByText('Required').first().waitFor();
    await stage.expectAccessible('event-type');
    await page.getByRole('tab', { name: 'JSON Schema' }).click();
    await page.getByText('"properties"').first().waitFor();
    await page.getByRole('link', { name: 'Try it' }).click();
    await stage.heading('Send event');
    expect(await page.getByRole('textbox', { name: 'Type' }).inputValue()).toBe('order.refunded');
  });

  test('a type of one’s own is added, tried at one endpoint, changed and deleted', async () => {
    const { receiver, merchant, page } = stage;
    const url = receiver.url('/types');
    await merchant.endpoint({ url });
    await stage.open('/event-types?of=own');
    await page.getByText('No types of your own yet').waitFor();
    await page.getByRole('link', { name: 'Add event type' }).first().click();
    await stage.heading('Add event type');
    await page.getByLabel('Name').fill('invoice.paid');
    await page.getByLabel('Description').fill('An invoice was paid.');
    await page.getByLabel('Schema').fill('{ "type": "object", "required": ["invoice_id"] }');
    await page.getByLabel('Sample').fill('{ "total": 1 }');
    await page.getByRole('button', { name: 'Add event type' }).click();
    await page.getByText('/invoice_id Required.').waitFor();
    await stage.expectAccessible('event-type-refused');
    await page.getByLabel('Sample').fill('{ "invoice_id": "inv_of_sample" }');
    await page.getByRole('button', { name: 'Add event type' }).click();
    await stage.heading('invoice.paid');
    await page.getByText('inv_of_sample').waitFor();
    await stage.expectAccessible('event-type-own');

    await page.getByRole('textbox', { name: 'Endpoint' }).click();
    await page.getByRole('option', { name: url }).click();
    await stage.heading('Send a test event');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Delivered').waitFor();
    const [request] = await receiver.waitFor(1);
    expect(request?.body.toString()).toContain('inv_of_sample');

    await page.goto(`${stage.posthaste.url}/a/${merchant.id}/event-types/invoice.paid/edit`);
    await page.getByLabel('Description').fill('Changed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Changed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByText('still accepted and delivered').waitFor();
    await page.getByRole('button', { name: 'Delete event type' }).click();
    await stage.heading('Event types');
    const { status } = await merchant.call('GET', '/event-types/invoice.paid');
    expect(status).toBe(404);
  });

  test('a key that only reads sees types, and cannot change or send any', async () => {
    const { merchant, page } = stage;
    await merchant.call('PUT', '/event-types/for.readers', { description: 'To read.' });
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/event-types/for.readers`);
    await page.getByText('To read.').waitFor();
    expect(await page.getByRole('link', { name: /Edit|Try it/ }).count()).toBe(0);
    expect(await page.getByRole('button', { name: /Delete/ }).count()).toBe(0);
    await page.getByRole('link', { name: '← Event types' }).click();
    await page.getByRole('link', { name: 'for.readers' }).waitFor();
    expect(await page.getByRole('link', { name: 'Add event type' }).count()).toBe(0);
  });

  test('a phone gets the same pages', async () => {
    const { page } = stage;
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/event-types');
    await page.getByRole('link', { name: 'order.completed' }).waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-event-types');
    await page.getByRole('link', { name: 'order.completed' }).click();
    await stage.heading('order.completed');
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-event-type');
  });
});
