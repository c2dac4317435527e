import { describe, expect, test } from 'vitest';
import { ConsoleStage } from '../console/stage.ts';
import { textOf } from './markdown.ts';

describe('the first ten minutes that the README tells', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();
  const told = /## The first ten minutes\n([\s\S]*?)\n## /.exec(textOf('README.md'))?.[1] ?? '';

  /** What a reader looks for under that name: the README must call it so. */
  const named = (name: string) => {
    expect(told).toContain(`**${name}**`);
    const { page } = stage;
    return page
      .getByRole('button', { name })
      .or(page.getByRole('link', { name, exact: true }))
      .filter({ visible: true })
      .last();
  };
  const press = (...names: string[]) =>
    names.reduce((before, name) => before.then(() => named(name).click()), Promise.resolve());

  /** Has the inbox answer so from now on. */
  async function answerWith(status: string): Promise<void> {
    const { page } = stage;
    expect(told).toContain(`\`${status}\``);
    await press('Inbox');
    expect(told).toContain('**Change the answer** of `shop`');
    await page.getByRole('button', { name: 'Change the answer of shop' }).click();
    await page.getByRole('textbox', { name: 'Answers with' }).fill(status);
    await page.getByRole('textbox', { name: 'Answers with' }).press('Escape');
    await press('Save');
    await page.getByText(`Always answers ${status}`, { exact: true }).waitFor();
  }

  test('lead from a first endpoint through a broken receiver to what it missed', async () => {
    const { posthaste, page } = stage;
    await posthaste.api.call('PUT', '/v1/accounts/demo', { name: 'Demo' });
    await stage.signIn(posthaste.operatorKey);
    await press('Demo');
    await stage.heading('Overview');

    await press('Endpoints', 'Add endpoint');
    const [url = ''] = /http:\/\/localhost:3000\/inbox\/\w+/.exec(told) ?? [];
    await page.getByLabel('URL').fill(url.replace('http://localhost:3000', posthaste.url));
    await press('Add endpoint');
    await page.getByText(/^whsec_/).waitFor();
    await press('Send a test event', 'Send');
    await page.getByText('answered 200').waitFor();
    await page.getByText('webhook-signature').waitFor();

    await answerWith('404');
    await press('Events', 'Send event');
    await stage.heading('Send event');
    await press('Send event');
    await page.getByText('Failed', { exact: true }).first().waitFor();

    await press('Logs');
    await page.getByRole('row', { name: /404/ }).getByRole('link').first().click();
    await page.getByText('Ended: 404 is not retried.').waitFor();
    await page.getByText('Resend', { exact: true }).waitFor();

    await answerWith('200');
    await press('Recover', 'Count', 'Send 1 again');
    await page.getByText('All sent again').waitFor();
    await page.getByRole('link', { name: 'Delivered 1' }).waitFor();
  });
});
