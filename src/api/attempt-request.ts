import { z } from 'zod';
import { type AttemptSource, findAttemptSource } from '../db/attempt-request.ts';
import { openInForce, type Vault } from '../db/vault.ts';
import { PROFILES } from '../domain/delivery.ts';
import { AppError, notFound } from '../domain/errors.ts';
import { profileOf } from '../profiles/registry.ts';
import { signedContents } from '../profiles/signed-content.ts';
import { signedRequest } from '../profiles/signed-request.ts';
import { mayWrite } from './caller.ts';
import { accountAndIdParams, timestamp } from './contracts.ts';
import { findOr404 } from './find-delivery.ts';
import { type Route, route } from './route.ts';

/** What is none is not found, like any id that is not ours. */
const attemptNumber = z
  .unknown()
  .transform((given) =>
    typeof given === 'string' && /^[1-9]\d{0,8}$/.test(given) ? Number(given) : undefined,
  )
  .meta({ type: 'integer', minimum: 1, description: '1 for the first attempt.' });

const attemptRequestSchema = z
  .object({
    method: z.literal('POST'),
    url: z.string(),
    headers: z
      .record(z.string(), z.string())
      .describe(
        'All that were sent but for `Connection`: the endpoint’s own, then ours. `User-Agent` is that of this version.',
      ),
    signaturesWithheld: z
      .boolean()
      .describe(
        'Whether `headers` lacks those that `signatures` names, because the caller has no scope `write`: whoever has ' +
          'a signature can pass for us, as with the secret, which needs that scope, too.',
      ),
    body: z.string().describe('The same bytes on every attempt, in UTF-8.'),
    sentAt: timestamp.describe('When the attempt was begun, as `webhook-timestamp` says.'),
    endpointChangedSince: z
      .boolean()
      .describe(
        'Whether the endpoint’s URL, headers or secret were changed after the attempt. Then these are those of now, and ' +
          'the request was another one; its body was this one.',
      ),
    signatures: z
      .array(
        z.object({
          scheme: z.enum(PROFILES).describe('`standard`: Standard Webhooks.'),
          header: z.string().describe('The header that carries it.'),
          signedContent: z.string().describe('What the HMAC is made over.'),
          algorithm: z.string().describe('How it is made and written, in words.'),
        }),
      )
      .describe('What each signature covers, to compute it anew.'),
  })
  .meta({ id: 'AttemptRequest' });

type AttemptRequest = z.infer<typeof attemptRequestSchema>;

export const attemptRequestRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/accounts/:account/deliveries/:id/attempts/:number/request',
    operationId: 'getAttemptRequest',
    tag: 'Deliveries',
    summary: 'Read the request of an attempt, rebuilt byte for byte',
    description:
      'Made anew from the event and the endpoint, which are kept; requests are not. An attempt that was blocked or ' +
      'interrupted may never have been sent.',
    access: 'read',
    portal: true,
    params: accountAndIdParams.extend({ number: attemptNumber }),
    answers: { 200: { description: 'The request.', schema: attemptRequestSchema } },
    problems: [409],
    async handle({ params, caller, request, deps }) {
      const { account, id, number } = params;
      const source = number && (await findAttemptSource(deps.pool, account, id, number));
      if (!source) {
        await findOr404(deps, account, id);
        throw notFound('attempt', String(request.params.number));
      }
      const whole = rebuilt(deps.vault, id, number, source);
      return { status: 200, body: mayWrite(caller) ? whole : withoutSignatures(whole) };
    },
  }),
];

/** What activities/attempt.ts makes and src/http sends. @throws {AppError} 409 */
function rebuilt(vault: Vault, deliveryId: string, attempt: number, source: AttemptSource): AttemptRequest {
  const { data } = source.event;
  if (data === null)
    throw new AppError(409, 'payload_expunged', 'The payload of the event is no longer kept.');
  const event = { ...source.event, data };
  const secrets = openInForce(vault, source.secretsSealed);
  const at = source.startedAt;
  const signed = signedRequest(profileOf(source.profile), { event, secrets, deliveryId, attempt, at });
  return {
    method: 'POST',
    url: source.url,
    headers: {
      ...source.headers,
      ...signed.headers,
      'Accept-Encoding': 'identity',
      'Content-Length': String(Buffer.byteLength(signed.body)),
      Host: new URL(source.url).host,
    },
    signaturesWithheld: false,
    body: signed.body,
    sentAt: at.toISOString(),
    endpointChangedSince: source.endpointChangedSince,
    signatures: signedContents(source.profile, event, signed),
  };
}

function withoutSignatures(whole: AttemptRequest): AttemptRequest {
  const signed = new Set(whole.signatures.map(({ header }) => header));
  const headers = Object.fromEntries(Object.entries(whole.headers).filter(([name]) => !signed.has(name)));
  return { ...whole, headers, signaturesWithheld: true };
}
