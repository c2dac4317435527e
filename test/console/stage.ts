import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { Parts } from '../../src/parts.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';
import { axeFindings, launch, troublesOf } from './browser.ts';
import { builtConsole } from './built-console.ts';

/** Generous, for a machine that does other things. */
const PATIENCE_MS = 20_000;

/** The product with its console, a receiver and an account, once for a file, and a fresh window for each test. */
export class ConsoleStage {
  posthaste!: Posthaste;
  receiver!: Receiver;
  merchant!: Merchant;
  page!: Page;
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;
  #troubles: string[] = [];

  /** @param overrides what the product is made from, besides its console */
  constructor(overrides: Partial<Parts> = {}) {
    beforeAll(() => this.#open(overrides), 120_000);
    afterAll(() => this.#close());
    beforeEach(() => this.#openWindow());
    afterEach(async () => {
      await this.#context?.close();
      expect(this.#troubles).toEqual([]);
    });
  }

  async #open(overrides: Partial<Parts>): Promise<void> {
    const consolePath = await builtConsole();
    [this.posthaste, this.receiver, this.#browser] = await Promise.all([
      startPosthaste({ consolePath, servesThisMachine: true, ...overrides }),
      startReceiver(),
      launch(),
    ]);
    this.merchant = await openAccount(this.posthaste);
  }

  async #close(): Promise<void> {
    await this.#browser?.close();
    await this.receiver?.close();
    await this.posthaste?.stop();
  }

  async #openWindow(): Promise<void> {
    this.#context = await this.#browser?.newContext({ viewport: { width: 1280, height: 860 } });
    if (!this.#context) throw new Error('the browser did not start');
    this.#context.setDefaultTimeout(PATIENCE_MS);
    this.page = await this.#context.newPage();
    this.#troubles = troublesOf(this.page, this.posthaste.url);
  }

  /** A new key of the account. */
  async key(scopes: ('read' | 'write')[] = ['read', 'write']): Promise<string> {
    const { body } = await this.merchant.call<{ key: string }>('POST', '/keys', { name: 'console', scopes });
    return body.key;
  }

  /** Opens a path, signing in on the way. */
  async signIn(key: string, path = '/'): Promise<void> {
    await this.page.goto(this.posthaste.url + path);
    await this.page.getByLabel('API key').fill(key);
    await this.page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** Opens a page of the account, such as `/endpoints`, with a key of its own. */
  async open(path: string): Promise<void> {
    await this.signIn(await this.key(), `/a/${this.merchant.id}${path}`);
  }

  heading(name: string): Promise<void> {
    return this.page.getByRole('heading', { level: 1, name }).waitFor();
  }

  /** Looks at the page in both colour schemes; with CONSOLE_SHOTS, into a picture of each. */
  async expectAccessible(name: string): Promise<void> {
    // A label that floats beside what was clicked last belongs to no page, and may be fading.
    await this.page.mouse.move(0, 0);
    await waitUntil(async () => (await this.page.getByRole('tooltip').count()) === 0);
    for (const colorScheme of ['light', 'dark'] as const) {
      await this.page.emulateMedia({ colorScheme });
      // The page hears of it a moment later; one without the console's styles has nothing to hear.
      const attribute = 'data-mantine-color-scheme';
      await this.page
        .locator(`html[${attribute}=${colorScheme}], html:not([${attribute}])`)
        .waitFor({ state: 'attached' });
      expect(await axeFindings(this.page), `${name}, ${colorScheme}`).toEqual([]);
      const folder = process.env.CONSOLE_SHOTS;
      if (folder)
        await this.page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
    }
    await this.page.emulateMedia({ colorScheme: 'light' });
  }

  /** Nothing sticks out of a narrow window. */
  async expectNoSideScroll(): Promise<void> {
    // What slides aside when a window is made narrow is on its way at first.
    await waitUntil(() => this.page.evaluate<boolean>('document.documentElement.scrollWidth <= innerWidth'));
  }
}
