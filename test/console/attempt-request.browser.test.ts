import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ProfileName } from '../../src/domain/delivery.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import type { ReceivedRequest } from '../support/receiver.ts';
import { ConsoleStage } from './stage.ts';

const run = promisify(execFile);

/** As they came over the wire, but for who keeps the connection; in an order of their own, which curl does not keep. */
function headersOf({ rawHeaders }: ReceivedRequest): string[] {
  const lines = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? `${name}: ${rawHeaders[at + 1]}` : []));
  return lines.filter((line) => !/^connection:/i.test(line)).sort();
}

describe('an attempt in the page of its delivery', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();
  const button = (name: string) => stage.page.getByRole('button', { name, exact: true });

  test('its curl sends the same request again, byte for byte, whatever is in it', async () => {
    const { receiver, merchant, page } = stage;
    const hostile = `it's "$(echo no)" \`echo no\` %s %% \\n \\047 !! é`;
    await merchant.endpoint({
      url: receiver.url("/again?a[]=1&b={x,y}&c='d'&e=$HOME"),
      events: ['again.*'],
      headers: { 'X-Hostile': hostile, 'X-Plain': `it's $HOME`, Accept: 'text/plain' },
    });
    const id = await merchant.deliver('again.happened', {
      note: `it's "quoted" $(echo no) \\ \`x\` %s\nnext — 日本 😀`,
    });
    await merchant.until(id, 'succeeded');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await stage.open(`/deliveries/${id}`);
    await page.getByRole('tab', { name: 'Request' }).click();
    await page.getByText('webhook-signature').waitFor();
    await stage.expectAccessible('attempt-request');
    await button('Copy as curl').click();
    await button('Copied').waitFor();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(command).toMatch(/^curl /);

    await run('sh', ['-c', command]);
    const [sent, repeated] = await receiver.waitFor(2);
    if (!sent || !repeated) throw new Error('two requests were waited for');
    expect(sent.rawHeaders.join()).toContain(`it's "$(echo no)" \`echo no\` %s %% \\n \\047 !! `);
    expect(headersOf(repeated)).toEqual(headersOf(sent));
    expect(repeated.target).toBe(sent.target);
    expect(repeated.body.equals(sent.body)).toBe(true);
  });

  test('a body too long for an argument is sent, too', async () => {
    const { receiver, merchant, page } = stage;
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/long'), events: ['long.*'] });
    const id = await merchant.deliver('long.happened', { text: `it's `.repeat(40_000) });
    await merchant.until(id, 'succeeded');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await stage.open(`/deliveries/${id}`);
    await page.getByRole('tab', { name: 'Request' }).click();
    await button('Copy as curl').click();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    // As somebody pastes it, and not as an argument of a shell, which would itself be too long.
    const shell = promisify(execFile)('sh');
    shell.child.stdin?.end(command);
    await shell;
    const there = () => receiver.requests.filter(({ path }) => path === '/long');
    await receiver.waitFor(() => there().length === 2);
    expect(there()[1]?.body.equals(there()[0]?.body ?? Buffer.alloc(0))).toBe(true);
    await merchant.deleteEndpoint(endpointId);
  });

  test.each<[ProfileName, string, string[]]>([
    ['standard', 'order.completed', ['Standard Webhooks']],
    ['selgora', 'order.completed', ['Selgora', 'Standard Webhooks']],
    ['selz', 'order_payment_succeeded', ['Selz', 'Standard Webhooks']],
  ])(
    'a %s signature is explained, verified with the true secret, and refused for another',
    async (profile, event, schemes) => {
      const { receiver, merchant, page } = stage;
      const { id: endpointId, secret } = await merchant.endpoint({
        url: receiver.url(`/${profile}`),
        profile,
      });
      const { deliveries } = await merchant.send(event, sampleOf(event) ?? {});
      const id = deliveries.find((one) => one.endpointId === endpointId)?.id ?? '';
      await merchant.until(id, 'succeeded');
      await stage.open(`/deliveries/${id}`);
      await page.getByRole('tab', { name: 'Signature' }).click();
      await page.getByText('HMAC-SHA256').waitFor();
      const received = receiver.requests.find(({ path }) => path === `/${profile}`);
      for (const scheme of schemes) {
        if (schemes.length > 1) await page.getByText(scheme, { exact: true }).click();
        const header =
          { Selgora: 'x-selgora-signature', Selz: 'x-selz-signature' }[scheme] ?? 'webhook-signature';
        const value = received?.headers[header] ?? 'none came';
        await page.getByText(value, { exact: true }).waitFor();
        await page.getByLabel('Secret').fill(secret);
        await button('Check').click();
        await page.getByText('The signature matches').waitFor();
        await page.getByLabel('Secret').fill(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
        await button('Check').click();
        await page.getByText('The signature does not match').waitFor();
        await stage.expectAccessible(`signature-refused-${profile}`);
        await button('Check with the endpoint’s secret').click();
        await page.getByText('The signature matches').waitFor();
      }
      await stage.expectAccessible(`signature-${profile}`);
      await merchant.rotate(endpointId, { overlapSeconds: 0 });
      await page.reload();
      await page.getByRole('tab', { name: 'Signature' }).click();
      await page.getByText('The endpoint was changed after this attempt.').waitFor();
      await merchant.deleteEndpoint(endpointId);
    },
  );

  test('a reader gets no signature, is told why, and computes one with a secret of their own only', async () => {
    const { receiver, merchant, page } = stage;
    const { secret } = await merchant.endpoint({ url: receiver.url('/read'), events: ['read.*'] });
    const id = await merchant.deliver('read.happened', {});
    await merchant.until(id, 'succeeded');
    await stage.signIn(await stage.key(['read']), `/a/${merchant.id}/deliveries/${id}`);
    await page.getByRole('tab', { name: 'Signature' }).click();
    await page.getByText('Signatures are left out').waitFor();
    expect(await button('Check with the endpoint’s secret').count()).toBe(0);
    const sent = receiver.requests.find(({ path }) => path === '/read')?.headers['webhook-signature'] ?? '';
    expect(sent).toMatch(/^v1,/);
    expect(await page.content()).not.toContain(sent);
    await page.getByLabel('Secret').fill(secret);
    await button('Check').click();
    await page.getByText('With this secret, the signature is').waitFor();
    await page.getByText(sent, { exact: true }).waitFor();
    await stage.expectAccessible('signature-withheld');

    await page.getByRole('tab', { name: 'Request' }).click();
    await page.getByText('webhook-timestamp').waitFor();
    await page.getByText('a receiver that verifies refuses it').waitFor();
    await stage.expectAccessible('attempt-request-withheld');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await button('Copy as curl').click();
    await button('Copied').waitFor();
    const command = await page.evaluate<string>('navigator.clipboard.readText()');
    expect(command).toContain('webhook-timestamp: ');
    expect(command).not.toContain('webhook-signature');
  });
});
