import { describe, expect, test } from 'vitest';
import {
  type ReceivedHeaders,
  type SignedRequest,
  verifySelgora,
  verifySelz,
  verifyStandard,
  WebhookVerificationError,
} from '../../packages/receiver/src/index.ts';
import { PROFILES, type ProfileName } from '../../src/domain/delivery.ts';
import { sampleOf } from '../../src/profiles/catalogue/index.ts';
import { newSecret } from '../../src/profiles/secret.ts';
import vectors from '../vectors/signatures.json';
import { delivery, SECRET } from './deliveries.ts';

const CHECKS: Record<ProfileName, (request: SignedRequest) => Promise<unknown>> = {
  selgora: verifySelgora,
  selz: verifySelz,
  standard: verifyStandard,
};
const OWN_HEADER = {
  selgora: 'x-selgora-signature',
  selz: 'x-selz-signature',
  standard: 'webhook-signature',
} as const;
/** A secret that somebody brought, which is no base64. */
const BROUGHT = 'grüße aus Łódź';

/** The code of the error that a check throws; `genuine` when it throws none. */
async function verdict(check: Promise<unknown>): Promise<string> {
  try {
    await check;
    return 'genuine';
  } catch (error) {
    if (error instanceof WebhookVerificationError) return error.code;
    throw error;
  }
}

function request(profile: (typeof PROFILES)[number], options?: Parameters<typeof delivery>[1]) {
  const { headers, body } = delivery(profile, options);
  const lower = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  return { rawBody: body, headers: lower, secret: SECRET };
}

describe('vectors that other implementations made', () => {
  test.each(vectors.selgora)('selgora: $name', async ({ secret, body, headers }) => {
    expect(await verifySelgora({ rawBody: body, headers, secret })).toEqual(JSON.parse(body));
  });

  test.each(vectors.selz)('selz: $token', async ({ secret, timestamp, token, headers }) => {
    const event = { id: 'evt_1', event: 'order_completed', timestamp, token, data: { id: 'ord_1' } };
    expect(await verifySelz({ rawBody: JSON.stringify(event), headers, secret })).toEqual(event);
  });

  test.each(vectors.standard)('standard: $name', async ({ secret, body, headers }) => {
    const now = new Date(Number(headers['webhook-timestamp']) * 1000);
    const event = await verifyStandard({ rawBody: body, headers, secret, now, profile: 'selgora' });
    expect(event).toEqual(JSON.parse(body));
  });
});

describe.each(PROFILES)('a %s delivery', (profile) => {
  const own = CHECKS[profile];
  const header = OWN_HEADER[profile];

  test('verifies as text, bytes and ArrayBuffer, with headers of Node, of Fetch, or in their own casing', async () => {
    const { body, headers } = delivery(profile);
    const bytes = new TextEncoder().encode(body);
    const shapes: ReceivedHeaders[] = [headers, new Headers(headers), request(profile).headers];
    for (const rawBody of [body, bytes, Buffer.from(body), bytes.buffer])
      for (const shape of shapes.slice(0, 2)) {
        const checked = { rawBody, headers: shape, secret: SECRET };
        expect(await verifyStandard({ ...checked, profile })).toEqual(JSON.parse(body));
        expect(await own(checked)).toEqual(JSON.parse(body));
      }
    expect(await verdict(own(request(profile)))).toBe('genuine');
  });

  test('is told from one with another secret, another body, another signature', async () => {
    const genuine = request(profile);
    const with_ = (change: object) => verdict(own({ ...genuine, ...change }));
    expect(await with_({ secret: newSecret() })).toBe('wrong_signature');
    expect(await with_({ secret: [newSecret(), SECRET] })).toBe('genuine');
    const signed = profile === 'selz' ? /"token":"./ : /"order_id":"./;
    expect(await with_({ rawBody: genuine.rawBody.replace(signed, '$&x') })).toBe('wrong_signature');
    const { [header]: signature = '', ...unsigned } = genuine.headers;
    expect(await with_({ headers: unsigned })).toBe('missing_header');
    for (const malformed of [signature.slice(0, -4), signature.replace(/.$/, ' '), 'żółć', 'sha256=', 'v1,'])
      expect([malformed, await with_({ headers: { ...unsigned, [header]: malformed } })]).toEqual([
        malformed,
        'malformed_header',
      ]);
  });

  test('has the envelope of its profile, or is no event of it', async () => {
    for (const other of PROFILES) {
      const asked = verifyStandard({ ...request(profile), profile: other });
      expect([other, await verdict(asked)]).toEqual([
        other,
        other === profile ? 'genuine' : 'malformed_body',
      ]);
    }
  });

  test('is refused when its body was parsed, with a word on how to keep it', async () => {
    const parsed = { ...request(profile), rawBody: JSON.parse(request(profile).rawBody) };
    expect(await verdict(own(parsed))).toBe('body_was_parsed');
    await expect(own(parsed)).rejects.toThrow(/express\.raw\(/);
    expect(await verdict(own({ ...parsed, rawBody: undefined as never }))).toBe('body_was_parsed');
  });

  test('cannot be checked without a secret', async () => {
    for (const secret of ['', [], [''], [SECRET, ''], undefined as never])
      await expect(own({ ...request(profile), secret })).rejects.toThrow(TypeError);
  });
});

describe('webhook-signature', () => {
  const AT = new Date('2026-11-22T18:13:58.615Z');
  const seconds = (later: number) => new Date(AT.getTime() + later * 1000);

  test('is good for five minutes either way, or as long as one says', async () => {
    const sent = request('standard', { at: AT });
    const later = (s: number, toleranceSeconds?: number) =>
      verdict(verifyStandard({ ...sent, now: seconds(s), toleranceSeconds }));
    expect(await Promise.all([later(-300), later(0), later(300)])).toEqual(['genuine', 'genuine', 'genuine']);
    expect(await Promise.all([later(301), later(-301), later(99_999)])).toEqual([
      'too_old',
      'too_new',
      'too_old',
    ]);
    expect(await Promise.all([later(10, 9), later(9, 9), later(99_999, 100_000)])).toEqual([
      'too_old',
      'genuine',
      'genuine',
    ]);
    expect(await later(0, Number.NaN)).toBe('too_old');
    expect(await verdict(verifyStandard({ ...sent, now: new Date(Number.NaN) }))).toBe('too_old');
  });

  test('covers id and time: without or with others it is not genuine', async () => {
    const sent = request('standard', { at: AT });
    const having = (changed: Record<string, string>) =>
      verdict(verifyStandard({ ...sent, headers: { ...sent.headers, ...changed }, now: AT }));
    expect(await having({ 'webhook-id': 'evt_other' })).toBe('wrong_signature');
    expect(await having({ 'webhook-timestamp': '1795371239' })).toBe('wrong_signature');
    expect(await having({ 'webhook-id': '' })).toBe('missing_header');
    expect(await having({ 'webhook-timestamp': '' })).toBe('missing_header');
    for (const text of ['1e9', '-5', '9'.repeat(13), 'now'])
      expect(await having({ 'webhook-timestamp': text })).toBe('malformed_header');
  });

  test('comes twice in a rotation, and either secret verifies; other versions are passed over', async () => {
    const [fresh, old] = [newSecret(), newSecret()];
    const sent = request('selgora', { secrets: [fresh, old] });
    for (const secret of [fresh, old, [old, newSecret()]])
      expect(await verdict(verifyStandard({ ...sent, secret, profile: 'selgora' }))).toBe('genuine');
    expect(await verdict(verifyStandard({ ...sent, secret: newSecret() }))).toBe('wrong_signature');
    const headers = { ...sent.headers, 'webhook-signature': `v1a,abc ${sent.headers['webhook-signature']}` };
    expect(await verdict(verifyStandard({ ...sent, headers, secret: old, profile: 'selgora' }))).toBe(
      'genuine',
    );
    const many = {
      ...sent.headers,
      'webhook-signature': Array(11)
        .fill(`v1,${'A'.repeat(43)}=`)
        .join(' '),
    };
    expect(await verdict(verifyStandard({ ...sent, headers: many }))).toBe('malformed_header');
  });

  test('is written in one way: unused bits of its base64 are zero', async () => {
    const sent = request('standard');
    const headers = { ...sent.headers, 'webhook-signature': `v1,${'A'.repeat(42)}B=` };
    expect(await verdict(verifyStandard({ ...sent, headers }))).toBe('malformed_header');
  });

  test('verifies with a secret that somebody brought', async () => {
    const sent = { ...request('selgora', { secrets: [BROUGHT] }), secret: BROUGHT };
    expect(await verdict(verifyStandard({ ...sent, profile: 'selgora' }))).toBe('genuine');
    expect(await verdict(verifySelgora(sent))).toBe('genuine');
    // Not to the last bit the base64 of anything.
    for (const secret of ['whsec_AB==', 'whsec_ä']) {
      const odd = { ...request('selgora', { secrets: [secret] }), secret };
      expect([secret, await verdict(verifyStandard({ ...odd, profile: 'selgora' }))]).toEqual([
        secret,
        'genuine',
      ]);
    }
  });

  test('of what is no JSON in UTF-8, or no event, is worth nothing', async () => {
    const { Webhook } = await import('standardwebhooks');
    for (const body of ['', 'text', 'null', '7', '[]', '{"id":"evt_1"}']) {
      const signature = new Webhook(SECRET).sign('evt_1', AT, body);
      const timestamp = String(Math.floor(AT.getTime() / 1000));
      const headers = {
        'webhook-id': 'evt_1',
        'webhook-timestamp': timestamp,
        'webhook-signature': signature,
      };
      const checked = verifyStandard({ rawBody: body, headers, secret: SECRET, now: AT });
      expect([body, await verdict(checked)]).toEqual([body, 'malformed_body']);
    }
  });
});

test("Selz's own signature does not notice other data, as its comment says", async () => {
  const genuine = request('selz');
  const rawBody = genuine.rawBody.replace(/"data":.*$/, '"data":{"id":"forged"}}');
  expect(await verdict(verifySelz({ ...genuine, rawBody }))).toBe('genuine');
  expect(await verdict(verifyStandard({ ...genuine, rawBody, profile: 'selz' }))).toBe('wrong_signature');
});

test('an error tells neither the secret nor the body', async () => {
  const rawBody = request('standard').rawBody.replace('maria', 'Maria');
  const error = await verifyStandard({ ...request('standard'), rawBody }).catch((thrown) => thrown);
  expect(error).toMatchObject({ name: 'WebhookVerificationError', code: 'wrong_signature' });
  expect(error.message).not.toContain(SECRET.slice(6));
  expect(error.message).not.toContain('Maria');
});

test('a switch over the type narrows the data', async () => {
  const event = await verifyStandard({ ...request('selgora'), profile: 'selgora' });
  let total: number | null | undefined;
  switch (event.event) {
    case 'order.completed':
      total = event.data.amount;
      break;
    case 'contact.updated':
      // @ts-expect-error: a contact has no amount.
      total = event.data.amount;
  }
  expect(total).toBe(sampleOf('order.completed')?.amount);
});
