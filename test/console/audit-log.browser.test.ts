import { describe, expect, test } from 'vitest';
import { ConsoleStage } from './stage.ts';

describe('the audit log in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  test('it tells who changed what to what, and narrows to one person, action or thing', async () => {
    const { receiver, merchant, page } = stage;
    const { id } = await merchant.endpoint({ url: receiver.url('/before') });
    await merchant.editEndpoint(id, { url: receiver.url('/after'), description: 'Moved', timeoutMs: 2000 });
    const { body: made } = await merchant.call<{ id: string; key: string }>('POST', '/keys', {
      name: 'Checkout server',
      scopes: ['read', 'write'],
    });
    const pause = `/v1/accounts/${merchant.id}/endpoints/${id}/pause`;
    await stage.posthaste.api.call('POST', pause, undefined, { authorization: `Bearer ${made.key}` });

    await stage.open('/audit-log');
    const changed = page.getByRole('row', { name: /Endpoint updated/ });
    await changed.getByText(receiver.url('/before')).waitFor();
    await changed.getByText(receiver.url('/after')).waitFor();
    await changed.getByText('Moved').waitFor();
    await page.getByRole('row', { name: /Endpoint paused.*Checkout server/ }).waitFor();
    await stage.expectAccessible('audit-log');

    await page.getByRole('textbox', { name: 'Who' }).click();
    await page.getByRole('option', { name: /Checkout server/ }).click();
    await changed.waitFor({ state: 'detached' });
    await page.getByRole('row', { name: /Endpoint paused/ }).waitFor();
    expect(new URL(page.url()).searchParams.get('actor')).toBe(made.id);

    await page.goto(`${page.url().split('?')[0]}?action=endpoint.updated&target=${id}&last=1h`);
    await changed.waitFor();
    expect(await page.getByRole('row', { name: /Endpoint paused/ }).count()).toBe(0);
    await changed.getByRole('link', { name: id }).click();
    await stage.heading(receiver.url('/after'));
  });

  test('it is read page by page, and says so when nothing matches', async () => {
    const { merchant, page } = stage;
    for (let n = 0; n < 51; n++) await merchant.call('PUT', `/event-types/type.${n}`, {});
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/audit-log?action=event_type.created`);
    await page.getByRole('link', { name: 'type.1', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'type.0', exact: true }).count()).toBe(0);
    await page.getByRole('button', { name: 'Load more' }).click();
    await page.getByRole('link', { name: 'type.0', exact: true }).waitFor();
    await page.goto(`${page.url().split('?')[0]}?target=nothing-like-it`);
    await page.getByText('Nothing matches').waitFor();
  });

  test('a phone gets the same page', async () => {
    const { receiver, merchant, page } = stage;
    const { id } = await merchant.endpoint({ url: receiver.url('/a-path-that-is-rather-long-for-a-phone') });
    await merchant.editEndpoint(id, { url: receiver.url('/another-path-that-is-rather-long-for-a-phone') });
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/audit-log');
    await page.getByText('Endpoint updated').first().waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-audit-log');
  });
});
