import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { axeFindings, chromiumPath, launch, troublesOf } from './browser.ts';
import { builtConsole } from './built-console.ts';

const executablePath = chromiumPath();
/** Generous, for a machine that does other things. */
const PATIENCE_MS = 20_000;

describe.skipIf(!executablePath)('in a browser', { timeout: 120_000 }, () => {
  let posthaste: Posthaste;
  let receiver: Receiver;
  let merchant: Merchant;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let troubles: string[];

  beforeAll(async () => {
    const consolePath = await builtConsole();
    [posthaste, receiver, browser] = await Promise.all([
      startPosthaste({ consolePath }),
      startReceiver(),
      launch(executablePath ?? ''),
    ]);
    merchant = await openAccount(posthaste);
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await receiver?.close();
    await posthaste?.stop();
  });

  beforeEach(async () => {
    context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
    context.setDefaultTimeout(PATIENCE_MS);
    page = await context.newPage();
    troubles = troublesOf(page, posthaste.url);
  });
  afterEach(async () => {
    await context.close();
    expect(troubles).toEqual([]);
  });

  const keyOf = async () =>
    (await merchant.call<{ key: string }>('POST', '/keys', { name: 'console', scopes: ['read', 'write'] }))
      .body.key;
  const signIn = async (key: string, path = '/') => {
    await page.goto(posthaste.url + path);
    await page.getByLabel('API key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
  };
  const heading = (name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
  /** Looks at the page in both colour schemes. */
  const expectAccessible = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await axeFindings(page), `${name}, ${colorScheme}`).toEqual([]);
      const folder = process.env.CONSOLE_SHOTS;
      if (folder) await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
    }
    await page.emulateMedia({ colorScheme: 'light' });
  };

  test('an account signs in, adds an endpoint, sends it a test and sees it arrive', async () => {
    const url = receiver.url('/hooks');
    await page.goto(posthaste.url);
    await heading('Sign in to Posthaste');
    await expectAccessible('sign-in');
    await signIn(await keyOf());
    await page.getByText('No endpoints yet').waitFor();
    await expectAccessible('no-endpoints');

    await page.getByRole('link', { name: 'Add endpoint' }).first().click();
    await heading('Add endpoint');
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
    await expectAccessible('add-endpoint');
    await page.getByLabel('URL').fill(url);
    await page.getByRole('button', { name: 'Add endpoint' }).click();
    await heading('Endpoint added');
    await expectAccessible('endpoint-added');
    const shown = await page.locator('pre.code').textContent();
    expect(shown).toMatch(/^whsec_/);

    await page.getByRole('link', { name: 'Send a test event' }).click();
    await heading('Send a test event');
    await page.getByRole('textbox', { name: 'Type' }).fill('order.completed');
    await page.getByRole('textbox', { name: 'Type' }).press('Escape');
    await page
      .getByRole('textbox', { name: 'Data' })
      .fill('{ "order_id": "ord_from_the_console", "amount": 19700 }');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Delivered').waitFor();
    await page.getByText('answered 200').waitFor();
    await expectAccessible('test-sent');
    const [request] = await receiver.waitFor(1);
    expect(request?.body.toString()).toContain('ord_from_the_console');
    expect(request?.headers.authorization).toBe('Bearer receiver-token');

    await page.getByRole('link', { name: '← Endpoint' }).click();
    await heading(url);
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByText(shown ?? '').waitFor();
    await expectAccessible('endpoint');
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: deliveries are held').waitFor();
    await page.getByRole('link', { name: 'Endpoints', exact: true }).click();
    await page.getByRole('link', { name: url }).waitFor();
    await expectAccessible('endpoints');
  });

  test('a phone gets the same pages, with the rail behind a button', async () => {
    await merchant.endpoint({ url: receiver.url('/phone') });
    await page.setViewportSize({ width: 390, height: 800 });
    await signIn(await keyOf());
    await page.getByRole('link', { name: receiver.url('/phone') }).waitFor();
    const wider = () => page.evaluate('document.documentElement.scrollWidth > innerWidth');
    expect(await wider()).toBe(false);
    await expectAccessible('phone-endpoints');
    await page.getByRole('link', { name: receiver.url('/phone') }).click();
    await heading(receiver.url('/phone'));
    expect(await wider()).toBe(false);
    await expectAccessible('phone-endpoint');
    await page.getByRole('button', { name: 'Menu', exact: true }).click();
    await page.getByRole('link', { name: 'Endpoints', exact: true }).waitFor();
  });

  test('a link that needs a key leads to sign-in, and then to the page that was asked for', async () => {
    const { id, url } = await merchant.endpoint({ url: receiver.url('/deep') });
    await signIn(await keyOf(), `/a/${merchant.id}/endpoints/${id}`);
    await heading(url);
  });

  test('the operator picks an account, and can make one', async () => {
    await signIn(posthaste.operatorKey);
    await heading('Accounts');
    await page.getByRole('link', { name: merchant.id }).waitFor();
    await expectAccessible('accounts');
    await page.getByRole('button', { name: 'New account' }).click();
    await page.getByLabel('Id').fill(`${merchant.id}-two`);
    await page.getByRole('button', { name: 'Make account' }).click();
    await page.getByText('No endpoints yet').waitFor();
  });

  test('a key that ended leads back to sign-in', async () => {
    const made = await merchant.call<{ id: string; key: string }>('POST', '/keys', {
      name: 'short',
      scopes: ['read'],
    });
    await signIn(made.body.key);
    await heading('Endpoints');
    expect(await page.getByRole('link', { name: 'Add endpoint' }).count()).toBe(0);
    await merchant.call('DELETE', `/keys/${made.body.id}`);
    await page.reload();
    await heading('Sign in to Posthaste');
  });
});
