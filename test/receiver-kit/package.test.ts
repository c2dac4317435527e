import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { version } from '../../package.json';
import { ROOT, snippetsOf } from '../docs/markdown.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { delivery, SECRET } from './deliveries.ts';

const PACKAGE = join(ROOT, 'packages', 'receiver');
const TSC = join(ROOT, 'node_modules', '.bin', 'tsc');
const run = promisify(execFile);

/** Plain JavaScript of somebody who has installed the kit. */
const USE = `
import { readFileSync } from 'node:fs';
import { verifyStandard, WebhookVerificationError } from '@posthaste/receiver';
import { posthasteWebhook as withExpress } from '@posthaste/receiver/express';
import { posthasteWebhook as withFetch } from '@posthaste/receiver/fetch';

const { headers, body, secret } = JSON.parse(readFileSync(0));
const { data } = await verifyStandard({ rawBody: body, headers, secret });
const error = await verifyStandard({ rawBody: body + ' ', headers, secret }).catch((thrown) => thrown);
const request = new Request('https://example.com/', { method: 'POST', headers, body });
const { status } = await withFetch({ secret }, () => {})(request);
console.log(JSON.stringify([data.order_id, error instanceof WebhookVerificationError, error.code, status, typeof withExpress]));
`;

/** TypeScript of the same, without the types of Node or Express. */
const TYPED = `
import { type StandardEnvelope, type StandardEvent, verifySelz, verifyStandard } from '@posthaste/receiver';
import { posthasteWebhook as withExpress } from '@posthaste/receiver/express';
import { posthasteWebhook as withFetch } from '@posthaste/receiver/fetch';

const secret = 'whsec_';
export const selgora: (request: Request) => Promise<Response> = withFetch({ secret, profile: 'selgora' }, (event) => {
  switch (event.event) {
    case 'order.completed':
      return event.data.order_id.length;
    case 'subscription.cancelled':
      // @ts-expect-error: an order's.
      return event.data.order_id;
  }
  // @ts-expect-error: there is no such type.
  return event.event === 'order_completed';
});
withExpress({ secret: [secret], profile: 'selz' }, (event) => event.event === 'order_completed' && event.data.items?.length);
withExpress({ secret }, ({ type, data }) => type === 'endpoint.disabled' && data.reason === 'gone');

type Mine = StandardEvent | StandardEnvelope<'invoice.paid', { invoice_id: string }>;
withFetch({ secret }, async (event: Mine) => event.type === 'invoice.paid' && event.data.invoice_id.length);
export const mine = await verifyStandard<Mine>({ rawBody: '', headers: {}, secret });
if (mine.type === 'invoice.paid') mine.data.invoice_id satisfies string;
export const selz: number = (await verifySelz({ rawBody: new Uint8Array(), headers: new Headers(), secret })).timestamp;
// @ts-expect-error: an object is no raw body.
await verifySelz({ rawBody: {}, headers: {}, secret });
// @ts-expect-error: no such profile.
withFetch({ secret, profile: 'stripe' }, () => {});
`;

test('is packed, installed offline into an empty folder, used from JavaScript, and its types hold', async () => {
  const folder = temporaryFolder();
  const user = join(folder, 'user');
  mkdirSync(user);
  await run('npm', ['pack', '--pack-destination', folder], { cwd: PACKAGE });
  const archive = join(folder, `posthaste-receiver-${version}.tgz`);
  const { stdout: listed } = await run('tar', ['-tzf', archive]);
  const files = listed.trim().split('\n');
  expect(
    files.filter((file) => !/^package\/(package\.json|README\.md|dist\/[a-z-]+(\.d\.ts|\.js))$/.test(file)),
  ).toEqual([]);

  writeFileSync(join(user, 'package.json'), '{"private": true, "type": "module"}');
  await run('npm', ['install', '--offline', '--no-audit', '--no-fund', archive], { cwd: user });
  expect(Object.keys(JSON.parse(readFileSync(join(user, 'package-lock.json'), 'utf8')).packages)).toEqual([
    '',
    'node_modules/@posthaste/receiver',
  ]);

  writeFileSync(join(user, 'use.js'), USE);
  const using = run('node', ['use.js'], { cwd: user });
  using.child.stdin?.end(JSON.stringify({ ...delivery('standard'), secret: SECRET }));
  const expected = ['ord_7Q2M9K', true, 'wrong_signature', 204, 'function'];
  expect(JSON.parse((await using).stdout)).toEqual(expected);

  writeFileSync(join(user, 'typed.ts'), TYPED);
  for (const { name, code } of snippetsOf('packages/receiver/README.md', 'file'))
    writeFileSync(join(user, name), code);
  const complaints = await Promise.all(['node16', 'bundler'].map((resolution) => compile(user, resolution)));
  expect(complaints).toEqual(['', '']);
});

/** What the compiler has to say of the user's files, who has no types of Node. */
async function compile(user: string, moduleResolution: string): Promise<string> {
  const module = moduleResolution === 'bundler' ? 'esnext' : moduleResolution;
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2022', lib: ['es2022', 'dom'], types: [] },
    ...{ module, moduleResolution },
  };
  const config = `tsconfig.${module}.json`;
  writeFileSync(join(user, config), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
  return run(TSC, ['-p', config], { cwd: user }).then(
    () => '',
    (failure) => `${failure.stdout}${failure.stderr}` || String(failure),
  );
}
