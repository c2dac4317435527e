import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { afterOutage } from '../support/outage.ts';
import { type Posthaste, startPosthaste } from '../support/posthaste.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { recovering } from '../support/recovering.ts';
import { waitUntil } from '../support/wait.ts';
import { textOf } from './markdown.ts';

/** The queries that the documentation gives, by what they are to find. */
const queries = new Map(
  [...textOf('docs/operating.md').matchAll(/^\| (\w[^|]*?) +\| `(\w+[ =].*)` +\|$/gm)].map(
    ([, what = '', query = '']) => [what, query],
  ),
);

/** More than one page of a recovery. */
const MISSED = 200;
const PATIENCE_MS = 30_000;

let posthaste: Posthaste;
let inBursts: Posthaste;
let receiver: Receiver;
let shop: Merchant;
/** Ids of workflows, by what became of them; and of the endpoints that two of them went to. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  [posthaste, inBursts, receiver] = await Promise.all([
    startPosthaste(),
    startPosthaste({ bursts: 'always' }),
    startReceiver(),
  ]);
  shop = await openAccount(posthaste);
  receiver.script('/down', 503);
  receiver.script('/refuses', 404);
  const endpoint = async (path: string, event: string) =>
    (await shop.endpoint({ url: receiver.url(path), events: [event] })).id;
  await endpoint('/well', 'invoice.paid');
  await endpoint('/down', 'stock.moved');
  ids.refusing = await endpoint('/refuses', 'order.lost');
  ids.paused = await endpoint('/well', 'invoice.sent');
  await shop.pause(ids.paused);

  ids.succeeded = await shop.deliver('invoice.paid', {});
  ids.retrying = await shop.deliver('stock.moved', {});
  ids.terminated = await shop.deliver('stock.moved', {});
  ids.failed = await shop.deliver('order.lost', {});
  ids.held = await shop.deliver('invoice.sent', {});
  await shop.until(ids.succeeded, 'succeeded');
  await shop.until(ids.retrying, 'retrying');
  await shop.until(ids.terminated, 'retrying');
  await shop.until(ids.failed, 'failed');
  await shop.until(ids.held, 'held');
  await posthaste.client.workflow.getHandle(ids.terminated).terminate('by hand');

  const other = await openAccount(inBursts);
  await other.endpoint({ url: receiver.url('/well') });
  ids.carried = await other.deliver('invoice.paid', {});
  await other.until(ids.carried, 'succeeded');

  await afterOutage(posthaste, { accountId: shop.id, id: ids.paused }, MISSED);
  const { start, press, until } = recovering(shop);
  ids.recovery = (await start(ids.paused)).id;
  await press(ids.recovery, 'pause');
  await until(ids.recovery, ({ status }) => status === 'paused');
});
afterAll(async () => {
  await Promise.all([posthaste.stop(), inBursts.stop()]);
  await receiver.close();
});

/** Of the workflows above those that it is to find, and what stands for the ids and times in it. */
const FINDS: Record<string, { finds: string[]; given?: () => Record<string, string> }> = {
  'what is being retried': { finds: ['retrying'] },
  'what is on its way for an account': { finds: ['retrying', 'held'] },
  'what is held for an endpoint that is paused': {
    finds: ['held'],
    given: () => ({ 'ep_…': ids.paused ?? '' }),
  },
  'what an endpoint did not get': { finds: ['failed'], given: () => ({ 'ep_…': ids.refusing ?? '' }) },
  "an account's deliveries of one type": { finds: ['succeeded'] },
  'types by their beginning': { finds: ['succeeded', 'held'] },
  'what failed since then': { finds: ['failed'], given: () => ({ [THEN]: minutesFromNow(-5) }) },
  'what has been on its way since before then': {
    finds: ['retrying', 'held'],
    given: () => ({ [THEN]: minutesFromNow(1) }),
  },
  "the burst that made a delivery's first attempt": {
    finds: ['burst'],
    given: () => ({ 'dlv_…': ids.carried ?? '' }),
  },
  'recoveries under way': { finds: ['recovery'] },
  'workflows that somebody terminated': { finds: ['terminated'] },
};

const THEN = '2026-11-26T00:00:00Z';
const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

test('the page has these queries and no other', () => {
  expect([...queries.keys()].sort()).toEqual(Object.keys(FINDS).sort());
});

test.each(Object.entries(FINDS))('%s', async (what, { finds, given }) => {
  let query = queries.get(what) ?? '';
  for (const [placeholder, value] of Object.entries({ acme: shop.id, ...given?.() })) {
    if (placeholder !== 'acme') expect(query).toContain(placeholder);
    query = query.replaceAll(placeholder, value);
  }
  expect(query).not.toContain('…');
  const nameOf = new Map(Object.entries(ids).map(([name, id]) => [id, name]));
  const find = async () => {
    const found: string[] = [];
    // The recovery's own deliveries go to the endpoint that is paused, and are left out.
    for await (const { workflowId } of posthaste.client.workflow.list({ query })) {
      const name = workflowId.startsWith('burst_') ? 'burst' : nameOf.get(workflowId);
      if (name) found.push(name);
    }
    return found.sort();
  };
  await waitUntil(find, (found) => String(found) === String(finds.toSorted()), PATIENCE_MS);
});
