import { describe, expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { ConsoleStage } from './stage.ts';

describe('the inbox in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  test('an endpoint is added that delivers here, and what arrives shows by itself', async () => {
    const { merchant, page } = stage;
    await stage.open('/inbox');
    await page.getByText('Nothing has arrived yet').waitFor();
    await stage.expectAccessible('inbox-empty');
    await page.getByRole('button', { name: 'Add an endpoint that delivers here' }).first().click();
    await page.getByLabel('Inbox').fill('mine');
    await page.getByRole('textbox', { name: 'Answers with' }).fill('500,200');
    await page.getByRole('textbox', { name: 'Answers with' }).press('Escape');
    await stage.expectAccessible('inbox-add');
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await page.getByText('Answers 500, then always 200').waitFor();

    const { id } = await merchant.send('order.completed', undefined, { id: 'shown-live' });
    await page.getByText('Signature valid').waitFor();
    await page.getByText('Standard Webhooks: valid').waitFor();
    await page.getByText('webhook-signature').waitFor();
    await page.getByText(`"${id}"`).first().waitFor();
    await page.getByText('500', { exact: true }).first().waitFor();
    await stage.expectAccessible('inbox');

    await page.getByRole('button', { name: 'Change the answer of mine' }).click();
    await page.getByRole('textbox', { name: 'Answers with' }).fill('200');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Always answers 200', { exact: true }).waitFor();
    await merchant.send('order.refunded');
    await page.getByRole('link', { name: /order\.refunded/ }).waitFor();
    await page.getByRole('link', { name: /order\.completed/ }).click();
    await page.getByRole('heading', { name: 'order.completed' }).waitFor();
  });

  test('what came for another account to the same inbox is not shown', async () => {
    const { posthaste, merchant, page } = stage;
    const other = await openAccount(posthaste);
    await other.endpoint({ url: `${posthaste.url}/inbox/shared` });
    await merchant.endpoint({ url: `${posthaste.url}/inbox/shared` });
    await other.until(await other.deliver('of.theirs', {}), 'succeeded');
    const { deliveries } = await merchant.send('of.ours', {});
    for (const { id } of deliveries) await merchant.until(id, 'succeeded');
    await stage.open('/inbox?name=shared');
    await page.getByRole('link', { name: /of\.ours/ }).waitFor();
    expect(await page.getByText('of.theirs').count()).toBe(0);
  });

  test('a key that only reads sees what came, and changes nothing', async () => {
    const { posthaste, merchant, page } = stage;
    const { id } = await merchant.endpoint({ url: `${posthaste.url}/inbox/read` });
    const { deliveries } = await merchant.send('order.completed');
    const delivery = deliveries.find(({ endpointId }) => endpointId === id);
    await merchant.until(delivery?.id ?? '', 'succeeded');
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/inbox?name=read`);
    await page.getByText('Standard Webhooks: valid').waitFor();
    await page.getByText('Endpoints that deliver here').waitFor();
    expect(await page.getByRole('button', { name: /Add|Change/ }).count()).toBe(0);
    expect(await page.getByRole('link', { name: 'Send it a test' }).count()).toBe(0);
  });

  test('a phone gets the same page', async () => {
    const { posthaste, merchant, page } = stage;
    await merchant.endpoint({ url: `${posthaste.url}/inbox/phone?answer=500,500,500,200` });
    await merchant.send('order.completed');
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/inbox');
    await page.getByText('webhook-signature').waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-inbox');
  });
});
