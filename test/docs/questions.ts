import { createHmac } from 'node:crypto';

/** Which function of the page's `verify.*` is asked. */
export type Check = 'standard' | 'selgora' | 'selz';

/** A delivery as it came, with the endpoint's secrets in force, newest first. */
export interface Captured {
  body: Buffer;
  headers: Record<string, string>;
  secrets: string[];
}

/** Endpoints whose deliveries are captured. */
export type Source = 'selgora' | 'selz' | 'standard' | 'brought to selgora' | 'brought to selz' | 'rotated';

/** Something that a receiver could be sent, and what its check must say. */
export interface Question {
  title: string;
  check: Check;
  from: Source;
  /** Seconds between the attempt and its verification. */
  laterS?: number;
  change?: (captured: Captured) => Partial<Captured>;
  answer: boolean;
}

const OWN_HEADER = {
  selgora: 'x-selgora-signature',
  selz: 'x-selz-signature',
  standard: 'webhook-signature',
} as const;

const WRONG_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Flips a bit of the byte that lies this far behind a word of the body. */
function flipped(body: Buffer, after: string): Buffer {
  const copy = Buffer.from(body);
  const at = body.indexOf(after) + after.length;
  copy[at] = (body[at] ?? 0) ^ 1;
  return copy;
}

const withHeader = (name: string, value: string) => (captured: Captured) => ({
  headers: { ...captured.headers, [name]: value },
});

/** Secrets that are none, as of a setting that is empty or was cut short. */
export const NO_SECRETS = ['', 'whsec_', 'whsec_!'] as const;

/** Signed by somebody who knows no secret, for a receiver that has none. */
function forged(check: Check, secret: (typeof NO_SECRETS)[number]) {
  return ({ body, headers }: Captured): Partial<Captured> => {
    const { timestamp, token } = check === 'selz' ? JSON.parse(body.toString()) : {};
    const signature = {
      standard: () =>
        `v1,${createHmac('sha256', '')
          .update(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`)
          .digest('base64')}`,
      selgora: () => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
      selz: () => createHmac('sha256', secret).update(`${timestamp}${token}`).digest('base64'),
    }[check]();
    return { secrets: [secret], headers: { ...headers, [OWN_HEADER[check]]: signature } };
  };
}

/** What must hold of every check, whatever the endpoint. */
function common(check: Check, from: Source): Question[] {
  const header = OWN_HEADER[check];
  const of = `${header} of a delivery ${from.startsWith('brought') ? `with a secret ${from}` : `to ${from}`}`;
  const ask = (what: string, change: Question['change'], answer = false): Question => ({
    title: `${of}: ${what}`,
    check,
    from,
    ...(change && { change }),
    answer,
  });
  const signed = check === 'selz' ? '"token":"' : '"data":{"';
  return [
    ask('as it came', undefined, true),
    ask('a byte of what is signed flipped', ({ body }) => ({ body: flipped(body, signed) })),
    ask('no body', () => ({ body: Buffer.alloc(0) })),
    ask('another secret', () => ({ secrets: [WRONG_SECRET] })),
    ask('the right secret among others', ({ secrets }) => ({ secrets: [WRONG_SECRET, ...secrets] }), true),
    ask('no signature', ({ headers: { [header]: _, ...headers } }) => ({ headers })),
    ask('a signature cut short', (captured) =>
      withHeader(header, captured.headers[header]?.slice(0, -4) ?? '')(captured),
    ),
    ask('a signature of other letters', withHeader(header, 'żółć')),
  ];
}

function standardOnly(from: 'selgora' | 'selz' | 'standard'): Question[] {
  const ask = (what: string, rest: Partial<Question>): Question => ({
    title: `webhook-signature of a delivery to ${from}: ${what}`,
    check: 'standard',
    from,
    answer: false,
    ...rest,
  });
  return [
    ask('299 s later', { laterS: 299, answer: true }),
    ask('302 s later', { laterS: 302 }),
    ask('302 s early', { laterS: -302 }),
    ask('another id', { change: withHeader('webhook-id', 'evt_other') }),
    ask('another time', {
      change: (captured) =>
        withHeader('webhook-timestamp', String(Number(captured.headers['webhook-timestamp']) + 1))(captured),
    }),
    ask('a time that is no number', { change: withHeader('webhook-timestamp', '1e9') }),
    ask('a time of a thousand digits', { change: withHeader('webhook-timestamp', '9'.repeat(5000)) }),
    ask('no headers at all', { change: () => ({ headers: {} }) }),
  ];
}

const older = ({ secrets: [, old = ''] }: Captured) => ({ secrets: [old] });
const newer = ({ secrets: [newest = ''] }: Captured) => ({ secrets: [newest] });

export const QUESTIONS: readonly Question[] = [
  ...(['standard', 'selgora', 'selz'] as const).flatMap((check) =>
    NO_SECRETS.filter((secret) => check === 'standard' || secret !== 'whsec_!').map(
      (secret): Question => ({
        title: `${OWN_HEADER[check]} made without a secret, where it is "${secret}"`,
        check,
        from: check,
        change: forged(check, secret),
        answer: false,
      }),
    ),
  ),
  ...(['selgora', 'selz', 'standard'] as const).flatMap((profile) => [
    ...common('standard', profile),
    ...standardOnly(profile),
  ]),
  ...common('selgora', 'selgora'),
  ...common('selz', 'selz'),
  ...common('standard', 'brought to selgora'),
  ...common('selgora', 'brought to selgora'),
  ...common('standard', 'brought to selz'),
  ...common('selz', 'brought to selz'),
  {
    title: 'x-selz-signature does not notice other data',
    check: 'selz',
    from: 'selz',
    change: ({ body }) => ({ body: flipped(body, '"data":{"') }),
    answer: true,
  },
  ...['null', '7', '"text"', '[]', '{"timestamp":1}', '{"timestamp":{},"token":[]}'].map(
    (text): Question => ({
      title: `x-selz-signature of the body ${text}`,
      check: 'selz',
      from: 'selz',
      change: () => ({ body: Buffer.from(text) }),
      answer: false,
    }),
  ),
  ...[
    { check: 'standard' as const, who: 'the old secret alone', change: older, answer: true },
    { check: 'standard' as const, who: 'the new secret alone', change: newer, answer: true },
    { check: 'selgora' as const, who: 'the old secret alone', change: older, answer: false },
    { check: 'selgora' as const, who: 'the new secret alone', change: newer, answer: true },
    { check: 'selgora' as const, who: 'either secret', change: () => ({}), answer: true },
  ].map(
    ({ who, ...rest }): Question => ({
      title: `${OWN_HEADER[rest.check]} during a rotation, known: ${who}`,
      from: 'rotated',
      ...rest,
    }),
  ),
];
