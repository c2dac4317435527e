import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ReceivedRequest } from '../support/receiver.ts';
import { answer } from '../support/steps.ts';
import { browserPath, ConsoleStage } from './stage.ts';

const run = promisify(execFile);

/** What curl says of itself is not asked for, and neither is who keeps the connection. */
const headersOf = ({ rawHeaders }: ReceivedRequest) => {
  const pairs: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) pairs.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return pairs.filter((pair) => !/^connection:/i.test(pair)).sort();
};

describe.skipIf(!browserPath)('the page of a delivery', { timeout: 120_000 }, () => {
  const stage = new ConsoleStage();
  const at = (path: string) => (one: ReceivedRequest) => one.path === path;

  test('shows the wait after a 503, retries at a press, and tells the whole story', async () => {
    const { receiver, merchant, page } = stage;
    const url = receiver.url('/mended');
    receiver.script('/mended', answer(503, { body: '{"error":"database away","hint":["try","later"]}' }));
    const { id: endpointId } = await merchant.endpoint({ url, events: ['order.*'] });
    const id = await merchant.deliver('order.completed');
    await merchant.until(id, 'retrying');
    await stage.open(`/deliveries/${id}`);
    await stage.heading('order.completed');
    await page.getByText(/^Answered 503; tries again in (5|4) min.* \(\d\d:\d\d\)\.$/).waitFor();
    const timeline = page.getByRole('list', { name: 'Timeline' });
    await timeline.getByText(/^Waits 5 min until .* as the schedule says$/).waitFor();
    await timeline.getByText(/^Attempt 2/).waitFor();
    await timeline.getByText(/2 more planned/).waitFor();
    await page.getByText('It is tried again.').waitFor();
    await page.getByText('database away').waitFor();
    await stage.expectAccessible('delivery-retrying');

    receiver.script('/mended', 200);
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText(/^Delivered at attempt 2, after 1 failure: answered 200 OK/).waitFor();
    await timeline.getByText(/^Waited \d+ s of 5 min$/).waitFor();
    await timeline.getByText(/^Retried by hand by the key/).waitFor();
    expect(await page.getByRole('button', { name: 'Retry now' }).count()).toBe(0);
    await stage.expectAccessible('delivery-delivered');
    expect(receiver.requests.filter(at('/mended'))).toHaveLength(2);
    await merchant.deleteEndpoint(endpointId);
  });
});
