import { describe, expect, test } from 'vitest';
import { apiAt } from '../support/posthaste.ts';
import { ConsoleStage } from './stage.ts';

describe('API keys in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  test('a key is made, shown once, works, and is refused once it was revoked', async () => {
    const { posthaste, merchant, page } = stage;
    await stage.open('/keys');
    await page.getByText('In use here').waitFor();
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').fill('Checkout server');
    await page.getByLabel('Read only').check();
    await page.getByRole('textbox', { name: 'Ends' }).click();
    await page.getByRole('option', { name: 'In 30 days' }).click();
    await stage.expectAccessible('key-form');
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByText('is not shown again').waitFor();
    await stage.expectAccessible('key-made');
    const key = (await page.locator('pre.code').textContent()) ?? '';
    expect(key).toMatch(/^ph_/);
    const api = apiAt(posthaste.url, key);
    const me = await api.call<{ scopes: string[]; expiresAt: string }>('GET', '/v1/me');
    expect(me.body.scopes).toEqual(['read']);
    expect((Date.parse(me.body.expiresAt) - Date.now()) / 86_400_000).toBeCloseTo(30, 1);

    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('Checkout server').waitFor();
    await page.getByText(key).waitFor({ state: 'detached' });
    await stage.expectAccessible('keys');
    await page.getByRole('button', { name: 'Revoke Checkout server…' }).click();
    await page.getByText('is refused from now on').waitFor();
    await stage.expectAccessible('key-revoke');
    await page.getByRole('button', { name: 'Revoke key' }).click();
    await page.getByText('Checkout server', { exact: true }).waitFor({ state: 'detached' });
    expect((await api.call('GET', `/v1/accounts/${merchant.id}`)).status).toBe(401);
  });

  test('a key that ends makes only keys that end no later', async () => {
    const { merchant, page } = stage;
    const expiresAt = new Date(Date.now() + 10 * 86_400_000).toISOString();
    const { body } = await merchant.call<{ key: string }>('POST', '/keys', {
      name: 'ends',
      scopes: ['read', 'write'],
      expiresAt,
    });
    await stage.signIn(body.key, `/a/${merchant.id}/keys`);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByRole('textbox', { name: 'Ends' }).click();
    expect(await page.getByRole('option').allTextContents()).toEqual([
      'When the key that you use does',
      'In 7 days',
    ]);
    await page.keyboard.press('Escape');
    await page.getByLabel('Name').fill('child');
    await page.getByRole('button', { name: 'Make key' }).click();
    await page.getByText('is not shown again').waitFor();
  });

  test('a key that only reads sees the keys, and makes and revokes none', async () => {
    const { merchant, page } = stage;
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/keys`);
    await page.getByText('In use here').waitFor();
    expect(await page.getByRole('button', { name: /New key|Revoke/ }).count()).toBe(0);
  });

  test('a phone gets the same page', async () => {
    const { page } = stage;
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.open('/keys');
    await page.getByText('In use here').waitFor();
    await stage.expectNoSideScroll();
    await stage.expectAccessible('phone-keys');
  });
});
