import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureProgram } from '../docs/programs.ts';

/** Where Debian's package puts it. */
const CHROMIUM = process.env.PLAYWRIGHT_CHROMIUM ?? '/usr/bin/chromium';

/** Before the tests in a browser: makes sure that there is one. @throws Error that says what to install */
export default function findChromium(): void {
  if (!existsSync(CHROMIUM)) ensureProgram('chromium');
  if (!existsSync(CHROMIUM))
    throw new Error(`There is no Chromium at ${CHROMIUM}: set PLAYWRIGHT_CHROMIUM to its path.`);
}

export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
}

/** What a page said was wrong while it ran: uncaught errors, what its policy refused, and what it asked others. */
export function troublesOf(page: Page, origin: string): string[] {
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|Refused to/.test(message.text())) troubles.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol !== 'data:' && url.origin !== origin) troubles.push(`asked ${url.origin}`);
  });
  return troubles;
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds on the page as it stands, in one line each. */
export async function axeFindings(page: Page): Promise<string[]> {
  // Half-faded colours are nobody's to judge.
  await page.evaluate(
    `Promise.allSettled(
      document.getAnimations()
        .filter((one) => one.effect.getComputedTiming().endTime < Infinity)
        .map((one) => one.finished),
    ).then(() => 0)`,
  );
  // Evaluated by the debugger, which no policy of the page forbids.
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<AxeResults>('axe.run()');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary?.slice(0, 240)}`),
  );
}
