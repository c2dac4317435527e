import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { openAccount } from '../support/merchant.ts';
import type { Posthaste } from '../support/posthaste.ts';
import type { ReceivedRequest, Receiver } from '../support/receiver.ts';
import { waitUntil } from '../support/wait.ts';

/** A delivery as its receiver has it, and which secrets a verifier must and must not take it with. */
export interface Captured {
  what: string;
  headers: Record<string, string>;
  body: Buffer;
  valid: string[];
  invalid: string[];
}

export const PROFILE_EVENTS = [
  ['selgora', 'order.completed'],
  ['selz', 'order_completed'],
  ['standard', 'anything.at.all'],
] as const;

/** Long enough for an attempt to be made within it. */
const OVERLAP_S = 15;

/** What JSON and UTF-8 have to trip over; further members of `data` always pass. */
const ODD_MEMBERS =
  '"emoji":"🎉👩‍👩‍👧 \\ud83d\\ude00","escapes":"\\u0001\\"\\\\\\n</script>","text":"Łódź 漢字 \\u2028","n":-1.5e-7';

/**
 * Deliveries of every kind to an endpoint of each profile: a first attempt, two retries, odd bodies, during the
 * overlap of a rotation, and after its end.
 */
export async function captureDeliveries(posthaste: Posthaste, receiver: Receiver): Promise<Captured[]> {
  const captured = await Promise.all(
    PROFILE_EVENTS.map(([profile, event]) => captureOf(posthaste, receiver, profile, event)),
  );
  return captured.flat();
}

async function captureOf(
  posthaste: Posthaste,
  receiver: Receiver,
  profile: string,
  event: string,
): Promise<Captured[]> {
  const path = `/${profile}`;
  receiver.script(path, 500, 503, 200);
  const merchant = await openAccount(posthaste);
  const endpoint = await merchant.endpoint({ url: receiver.url(path), profile, retrySchedule: [1, 1] });
  const sample = JSON.stringify(sampleOf(event) ?? { a: 1 });

  /** Sends one and gives the requests that came of it. */
  async function deliver(data: string): Promise<ReceivedRequest[]> {
    const before = new Set(receiver.requests);
    const answer = await merchant.call<{ deliveries: { id: string }[] }>(
      'POST',
      '/events',
      `{"event":"${event}","data":${data}}`,
    );
    const id = answer.body.deliveries?.[0]?.id;
    if (!id) throw new Error(`${answer.status}: ${JSON.stringify(answer.body)}`);
    await merchant.until(id, 'succeeded', 30_000);
    return receiver.requests.filter((request) => request.path === path && !before.has(request));
  }
  const first = endpoint.secret;
  const other = `whsec_${Buffer.alloc(32, profile).toString('base64')}`;
  const capture = (what: string, { headers, body }: ReceivedRequest, valid: string[], invalid: string[]) => ({
    what: `${profile}: ${what}`,
    headers,
    body,
    valid,
    invalid: [...invalid, other],
  });

  const attempts = await deliver(sample);
  const odd = await deliver(`${sample.slice(0, -1)},${ODD_MEMBERS}}`);
  const { secret: second } = await merchant.rotate(endpoint.id, { overlapSeconds: OVERLAP_S });
  const during = await deliver(sample);
  const after = await waitUntil(
    () => deliver(sample),
    ([request]) => !request?.headers['webhook-signature']?.includes(' '),
    60_000,
  );
  return [
    ...attempts.map((request, index) => capture(`attempt ${index + 1}`, request, [first], [second])),
    ...odd.map((request) => capture('emoji and escapes', request, [first], [second])),
    ...during.map((request) => capture('during the overlap', request, [first, second], [])),
    ...after.map((request) => capture('after the overlap', request, [second], [first])),
  ];
}
