import { describe, expect, test } from 'vitest';
import { openAccount } from '../support/merchant.ts';
import { waitUntil } from '../support/wait.ts';
import { embeddingSite } from './embedding-site.ts';
import { ConsoleStage } from './stage.ts';

const LOGO = `data:image/svg+xml;base64,${btoa(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><script>document.title="ran"</script><rect width="32" height="32" rx="8" fill="#0f766e"/></svg>',
)}`;
const LOOK = { name: 'Acme webhooks', color: '#0f766e', logo: LOGO };
const ENDED = 'This link has ended';

describe('in a browser', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();

  const makeLink = async (body: object = {}) => {
    const { body: link } = await stage.merchant.call<{ id: string; url: string }>(
      'POST',
      '/portal-links',
      body,
    );
    const token = link.url.split('#')[1] ?? '';
    return { ...link, token, pages: `${stage.posthaste.url}/portal/${link.id}/a/${stage.merchant.id}` };
  };

  test('a link opens the account in its look, and its token is in no address and goes to the API alone', async () => {
    const { receiver, merchant, page, posthaste } = stage;
    await merchant.endpoint({ url: receiver.url('/of-the-merchant') });
    const { url, token, pages } = await makeLink(LOOK);
    const told: string[] = [];
    page.on('request', (request) => {
      const { authorization, ...headers } = request.headers();
      if (!new URL(request.url()).pathname.startsWith('/v1/')) told.push(authorization ?? '');
      told.push(request.url(), JSON.stringify(headers));
    });
    await page.goto(url);
    await page.getByRole('link', { name: receiver.url('/of-the-merchant') }).waitFor();
    expect(page.url()).toBe(`${pages}/endpoints`);
    expect(told.length).toBeGreaterThan(5);
    expect(told.join()).not.toContain(token);

    await page.locator('.rail').getByText(LOOK.name).waitFor();
    expect(await page.title()).toBe(LOOK.name);
    const drawn = `document.querySelector('img.logo').naturalWidth > 0`;
    await waitUntil(() => page.evaluate<boolean>(drawn));
    expect(
      await page.evaluate(
        `getComputedStyle(document.querySelector('a.mantine-Button-root')).backgroundColor`,
      ),
    ).toBe('rgb(15, 118, 110)');
    const body = await page.locator('body').textContent();
    expect(body).not.toMatch(/Posthaste|API keys|Audit log|API reference/);
    expect(body).not.toContain(merchant.id);
    expect(await page.getByRole('textbox', { name: 'Account' }).count()).toBe(0);
    await stage.expectAccessible('portal-endpoints');

    await page.getByRole('link', { name: receiver.url('/of-the-merchant') }).click();
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByText('Paused: deliveries are held').waitFor();
    await stage.expectAccessible('portal-endpoint');
    // Loaded again, it is what it was; going back leads to no address with the token.
    await page.reload();
    await page.getByText('Paused: deliveries are held').waitFor();
    await page.locator('.rail').getByText(LOOK.name).waitFor();
    await page.goBack();
    await stage.heading('Endpoints');
    expect(await page.evaluate('location.href')).toBe(`${pages}/endpoints`);
    // Nothing of it is left for whoever opens the console beside it.
    expect(await page.evaluate('JSON.stringify(localStorage)')).not.toContain(token);
    await page.goto(posthaste.url);
    await stage.heading('Sign in to Posthaste');
  });

  test.each(['#ffcc00', '#111827', '#f8fafc'])('pages in %s can be read', async (color) => {
    const { receiver, merchant, page } = stage;
    const { id } = await merchant.endpoint({ url: receiver.url(`/in-${color.slice(1)}`) });
    const { url } = await makeLink({ color, name: 'A shop with a rather long name that does not fit' });
    await page.goto(url);
    await stage.heading('Endpoints');
    await stage.expectAccessible(`portal-${color.slice(1)}`);
    await page.getByRole('link', { name: receiver.url(`/in-${color.slice(1)}`) }).click();
    await page.getByRole('link', { name: 'Edit' }).click();
    await page.getByRole('button', { name: 'Save' }).waitFor();
    await stage.expectAccessible(`portal-edit-${color.slice(1)}`);
    await page.setViewportSize({ width: 390, height: 800 });
    await stage.expectNoSideScroll();
    await stage.expectAccessible(`portal-phone-${color.slice(1)}`);
    await merchant.deleteEndpoint(id);
  });

  test('what happened is found by its id, and shown', async () => {
    const { receiver, merchant, page } = stage;
    const { id: endpointId } = await merchant.endpoint({ url: receiver.url('/found') });
    const { deliveries } = await merchant.send('some.type', {});
    const id = deliveries.find((delivery) => delivery.endpointId === endpointId)?.id ?? '';
    await merchant.until(id, 'succeeded');
    const { url, pages } = await makeLink(LOOK);
    await page.goto(url);
    await page.getByRole('link', { name: 'Logs' }).click();
    await page.getByLabel('Find by delivery or event id').fill(id);
    await page.getByLabel('Find by delivery or event id').press('Enter');
    await page.waitForURL(`${pages}/deliveries/${id}`);
    await page.getByText('some.type').first().waitFor();
    await page.getByText(receiver.url('/found')).first().waitFor();
    await stage.expectAccessible('portal-delivery');
  });

  test('reaches no other account, and no form to sign in with a key', async () => {
    const { receiver, page, posthaste } = stage;
    const another = await openAccount(posthaste);
    const { url: theirs } = await another.endpoint({ url: receiver.url('/of-another') });
    const { id, url } = await makeLink();
    await page.goto(url);
    await stage.heading('Endpoints');
    await page.goto(`${posthaste.url}/portal/${id}/a/${another.id}/endpoints`);
    await page.getByText(`There is no account "${another.id}" here.`).waitFor();
    expect(await page.locator('body').textContent()).not.toContain(theirs);
    await page.goto(`${posthaste.url}/portal/${id}/sign-in`);
    await stage.heading(ENDED);
  });

  test('a key that somebody signed in with beside it is not the portal’s', async () => {
    const { page, posthaste } = stage;
    await page.goto(posthaste.url);
    await page.getByLabel('API key').fill(posthaste.operatorKey);
    await page.getByLabel('Stay signed in').check();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await stage.heading('Accounts');
    const { id } = await makeLink();
    await page.goto(`${posthaste.url}/portal/${id}`);
    await stage.heading(ENDED);
  });

  test('one that ends while it is open says where to go, and does not ask for a key', async () => {
    const { merchant, page } = stage;
    const { id, url } = await makeLink(LOOK);
    await page.goto(url);
    await stage.heading('Endpoints');
    await merchant.call('DELETE', `/portal-links/${id}`);
    await page.getByRole('link', { name: 'Add endpoint' }).first().click();
    await stage.heading(ENDED);
    await page.getByText('Open it again from where you came.').waitFor();
    expect(await page.getByLabel('API key').count()).toBe(0);
    await stage.expectAccessible('portal-ended');
    await page.reload();
    await stage.heading(ENDED);
    await stage.expectAccessible('portal-ended-page');
  });

  test('whoever signs out has left', async () => {
    const { page } = stage;
    const { url, pages } = await makeLink();
    await page.goto(url);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await stage.heading(ENDED);
    await page.goto(`${pages}/endpoints`);
    await stage.heading(ENDED);
  });

  test.each([
    ['localhost', 'is there still when it is loaded again'],
    ['127.0.0.1', 'works where nothing may be stored, until it is loaded again'],
  ] as const)('stands in a frame of an allowed page at %s, and %s', async (host, _then) => {
    const { receiver, merchant } = stage;
    const hook = receiver.url(`/framed-at-${host}`);
    const { id } = await merchant.endpoint({ url: hook });
    const site = await embeddingSite(host);
    const { url } = await makeLink({ ...LOOK, allowedOrigins: [site.origin] });
    const page = await stage.page.context().newPage();
    // As browsers do to frames of other sites: this one in its private windows, others always.
    if (host === '127.0.0.1')
      await page.addInitScript(`for (const name of ['sessionStorage', 'localStorage'])
        Object.defineProperty(window, name, { get() { throw new DOMException('forbidden', 'SecurityError'); } });`);
    const errors: Error[] = [];
    page.on('pageerror', (error) => errors.push(error));
    await page.goto(site.pageWith(url));
    const frame = page.frameLocator('iframe');
    await frame.getByRole('link', { name: hook }).click();
    await frame.getByRole('link', { name: 'Edit' }).click();
    await frame.getByLabel('Description').fill('changed in a frame');
    await frame.getByRole('button', { name: 'Save' }).click();
    await frame.getByRole('heading', { level: 1, name: hook }).waitFor();
    await frame.getByText('changed in a frame').waitFor();
    expect(await merchant.showEndpoint(id)).toMatchObject({ description: 'changed in a frame' });
    if (process.env.CONSOLE_SHOTS)
      await page.screenshot({ path: `${process.env.CONSOLE_SHOTS}/portal-framed-${host}.png` });
    await page.frames()[1]?.evaluate('location.reload()');
    const name = host === 'localhost' ? hook : ENDED;
    await frame.getByRole('heading', { level: 1, name }).waitFor();
    expect(errors).toEqual([]);
  });

  test('is refused in a frame of any other site', async () => {
    const [allowed, other] = [await embeddingSite(), await embeddingSite()];
    for (const allowedOrigins of [[allowed.origin], []]) {
      const { url } = await makeLink({ allowedOrigins });
      const page = await stage.page.context().newPage();
      const said: string[] = [];
      page.on('console', (message) => said.push(message.text()));
      await page.goto(other.pageWith(url));
      await waitUntil(() => said.some((text) => text.includes('frame-ancestors')));
      expect(await page.frameLocator('iframe').getByRole('heading', { name: 'Endpoints' }).count()).toBe(0);
      await page.close();
    }
  });
});
