import { describe, expect, test } from 'vitest';
import { ConsoleStage } from './stage.ts';

describe('in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  test('an account signs in, adds an endpoint, sends it a test and sees it arrive', async () => {
    const { posthaste, receiver, page } = stage;
    const url = receiver.url('/hooks');
    await page.goto(posthaste.url);
    await stage.heading('Sign in to Posthaste');
    await stage.expectAccessible('sign-in');
    await stage.signIn(await stage.key());
    await stage.heading('Overview');
    await page.getByRole('link', { name: 'Endpoints', exact: true }).click();
    await page.getByText('No endpoints yet').waitFor();
    await stage.expectAccessible('no-endpoints');

    await page.getByRole('link', { name: 'Add endpoint' }).first().click();
    await stage.heading('Add endpoint');
    await page.getByLabel('URL').fill('nothing like it');
    await page.getByText('Expected a URL such as').waitFor();
    await page.getByText('Chosen ones').click();
    await page.getByLabel('order.*').check();
    await page.getByRole('switch', { name: 'A schedule of its own' }).click();
    await page.getByLabel('Waits after each failed attempt').fill('5s, 5m, 2h');
    await page.getByText('+2 h 5 min').waitFor();
    await page.getByRole('button', { name: 'Add header' }).click();
    await page.getByLabel('Header name').fill('Authorization');
    await page.getByLabel('Header value').fill('Bearer receiver-token');
    await stage.expectAccessible('add-endpoint');
    await page.getByLabel('URL').fill(url);
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await stage.heading('Endpoint added');
    await stage.expectAccessible('endpoint-added');
    const shown = await page.locator('pre.code').textContent();
    expect(shown).toMatch(/^whsec_/);

    await page.getByRole('link', { name: 'Send a test event' }).click();
    await stage.heading('Send a test event');
    await page.getByRole('textbox', { name: 'Type' }).fill('order.completed');
    await page.getByRole('textbox', { name: 'Type' }).press('Escape');
    await page
      .getByRole('textbox', { name: 'Data' })
      .fill('{ "order_id": "ord_from_the_console", "amount": 19700 }');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Delivered').waitFor();
    await page.getByText('answered 200').waitFor();
    // The request as it was signed, beside the answer.
    await page.getByText('webhook-signature').waitFor();
    await page.getByRole('button', { name: 'Copy as curl' }).waitFor();
    await stage.expectAccessible('test-sent');
    const [request] = await receiver.waitFor(1);
    expect(request?.body.toString()).toContain('ord_from_the_console');
    expect(request?.headers.authorization).toBe('Bearer receiver-token');

    await page.getByRole('link', { name: '← Endpoint' }).click();
    await stage.heading(url);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText(shown ?? '').waitFor();
    await stage.expectAccessible('endpoint');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: deliveries are held').waitFor();
    await page.getByRole('link', { name: 'Endpoints', exact: true }).click();
    await page.getByRole('link', { name: url }).waitFor();
    await stage.expectAccessible('endpoints');
  });

  test('a phone gets the same pages, with the rail behind a button', async () => {
    const { receiver, merchant, page } = stage;
    await merchant.endpoint({ url: receiver.url('/phone') });
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/endpoints');
    await page.getByRole('link', { name: receiver.url('/phone') }).waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-endpoints');
    await page.getByRole('link', { name: receiver.url('/phone') }).click();
    await stage.heading(receiver.url('/phone'));
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-endpoint');
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.getByRole('link', { name: 'Endpoints', exact: true }).waitFor();
  });

  test('a link that needs a key leads to sign-in, and then to the page that was asked for', async () => {
    const { receiver, merchant } = stage;
    const { id, url } = await merchant.endpoint({ url: receiver.url('/deep') });
    await stage.signIn(await stage.key(), `/a/${merchant.id}/endpoints/${id}`);
    await stage.heading(url);
  });

  test('an endpoint is deleted after a question, and is gone from the list', async () => {
    const { receiver, merchant, page } = stage;
    const { id, url } = await merchant.endpoint({ url: receiver.url('/unwanted') });
    await stage.open(`/endpoints/${id}`);
    await stage.heading(url);
    await page.getByRole('button', { name: 'Delete…' }).click();
    await page.getByText('Nothing more is sent to').waitFor();
    await page.getByRole('button', { name: 'Delete endpoint' }).click();
    await stage.heading('Endpoints');
    await page.getByText('The endpoint was deleted.').waitFor();
    expect(await page.getByRole('link', { name: url }).count()).toBe(0);
    expect(await merchant.call('GET', `/endpoints/${id}`)).toMatchObject({ status: 404 });
  });

  test('the operator picks an account, and can make one', async () => {
    const { posthaste, merchant, page } = stage;
    await stage.signIn(posthaste.operatorKey);
    await stage.heading('Accounts');
    await page.getByRole('link', { name: merchant.id }).waitFor();
    await stage.expectAccessible('accounts');
    await page.getByRole('button', { name: 'New account' }).click();
    await page.getByLabel('Id').fill(`${merchant.id}-two`);
    await page.getByRole('button', { name: 'Make account' }).click();
    await page.getByText('No endpoints yet').waitFor();
  });

  test('a key that ended leads back to sign-in', async () => {
    const { merchant, page } = stage;
    const made = await merchant.call<{ id: string; key: string }>('POST', '/keys', {
      name: 'short',
      scopes: ['read'],
    });
    await stage.signIn(made.body.key, `/a/${merchant.id}/endpoints`);
    await stage.heading('Endpoints');
    expect(await page.getByRole('link', { name: 'Add endpoint' }).count()).toBe(0);
    await merchant.call('DELETE', `/keys/${made.body.id}`);
    await page.reload();
    await stage.heading('Sign in to Posthaste');
  });
});
