import type { ProfileName } from '../domain/delivery.ts';
import { TIMESTAMP_TOLERANCE_S, type Verdicts, verifySignatures } from '../profiles/verify.ts';
import type { CapturedRequest } from './captured-request.ts';
import { bodyVariants, differentlyKeyed, type Finding, secretVariants } from './signature-variants.ts';

export interface Diagnosis {
  scheme: ProfileName;
  header: string;
  verdict: 'valid' | 'invalid' | 'expired' | 'missing';
  findings: Finding[];
}

export const SIGNATURE_HEADERS: Record<ProfileName, string> = {
  standard: 'webhook-signature',
  selgora: 'x-selgora-signature',
  selz: 'x-selz-signature',
};

const SCHEMES: readonly ProfileName[] = ['standard', 'selgora', 'selz'];

/**
 * Judges each signature that came with a request, and says of one that is not right what is likely wrong. The signature
 * of `profile` is missed when it did not come; without a profile, any is enough.
 */
export function diagnose(request: CapturedRequest, profile?: ProfileName): Diagnosis[] {
  const verdicts = judged(request);
  const wanted = SCHEMES.filter((scheme) => verdicts[scheme] !== undefined || scheme === profile);
  const schemes = wanted.length > 0 ? wanted : (['standard'] as const);
  return schemes.map((scheme) => {
    const verdict = verdicts[scheme] ?? 'missing';
    return {
      scheme,
      header: SIGNATURE_HEADERS[scheme],
      verdict,
      findings: findingsOf(scheme, verdict, request, verdicts),
    };
  });
}

function judged({ headers, rawBody, secret, now }: CapturedRequest): Verdicts {
  return verifySignatures({ headers, rawBody, secrets: [secret], now });
}

function findingsOf(
  scheme: ProfileName,
  verdict: Diagnosis['verdict'],
  request: CapturedRequest,
  verdicts: Verdicts,
): Finding[] {
  switch (verdict) {
    case 'valid':
      return [];
    case 'missing':
      return [missing(scheme, request)];
    case 'expired':
      return [tooOld(request)];
    case 'invalid': {
      const malformed = malformedParts(scheme, request);
      if (malformed.length > 0) return malformed;
      const likely = rightWhenChanged(scheme, request) ?? byOtherSignatures(scheme, verdicts);
      return [likely ?? WRONG_SECRET];
    }
  }
}

const WRONG_SECRET: Finding = {
  code: 'wrong_secret',
  detail:
    'No usual change of the body or the secret makes it right. Most likely the secret is of another endpoint or was rotated (posthaste endpoints secret <id>), or the body was changed.',
};

function missing(scheme: ProfileName, { headers }: CapturedRequest): Finding {
  const came = Object.keys(headers).join(', ') || 'none';
  const detail = `There is no header ${SIGNATURE_HEADERS[scheme]}; the headers are: ${came}. Does a proxy drop it, or was it not captured?`;
  return { code: 'header_missing', detail };
}

function tooOld({ headers, now }: CapturedRequest): Finding {
  const sentAt = new Date(Number(headers['webhook-timestamp']) * 1000);
  const apartS = Math.round((now.getTime() - sentAt.getTime()) / 1000);
  const detail = `The signature is right, but the request was sent ${Math.abs(apartS)} s ${apartS > 0 ? 'ago' : 'ahead of now'}; receivers take ${TIMESTAMP_TOLERANCE_S} s. For one captured earlier, give --ignore-age; else look at your clock.`;
  return { code: 'timestamp_too_old', detail };
}

function malformedParts(scheme: ProfileName, { headers, rawBody }: CapturedRequest): Finding[] {
  const signature = headers[SIGNATURE_HEADERS[scheme]] ?? '';
  switch (scheme) {
    case 'standard':
      return [
        ...['webhook-id', 'webhook-timestamp']
          .filter((name) => !headers[name])
          .map((name) => ({
            code: 'header_missing',
            detail: `It covers ${name}, and there is no such header.`,
          })),
        ...(headers['webhook-timestamp'] && !/^\d{1,12}$/.test(headers['webhook-timestamp'])
          ? [{ code: 'timestamp_malformed', detail: 'webhook-timestamp must be Unix seconds, in digits.' }]
          : []),
        ...(signature.split(' ').some((one) => /^v1,/.test(one))
          ? []
          : [{ code: 'signature_malformed', detail: 'webhook-signature must hold v1,<base64>.' }]),
      ];
    case 'selgora':
      return /^sha256=[0-9a-f]{64}$/.test(signature)
        ? []
        : [
            {
              code: 'signature_malformed',
              detail: 'X-Selgora-Signature must be sha256=<64 lowercase hex digits>.',
            },
          ];
    case 'selz':
      return /"token"/.test(rawBody.toString('utf8')) && /"timestamp"/.test(rawBody.toString('utf8'))
        ? []
        : [{ code: 'body_changed', detail: 'It covers timestamp and token of the body, which has none.' }];
  }
}

/** Tries what usually goes wrong on the way, until the signature is right. */
function rightWhenChanged(scheme: ProfileName, request: CapturedRequest): Finding | undefined {
  const right = (change: Partial<CapturedRequest>) => {
    const verdict = judged({ ...request, ...change })[scheme];
    return verdict === 'valid' || verdict === 'expired';
  };
  const secret = secretVariants(request.secret).find((variant) => right({ secret: variant.secret }));
  if (secret) return secret.finding;
  const body = bodyVariants(request.rawBody).find(({ rawBody }) => right({ rawBody }));
  if (body) return body.finding;
  return differentlyKeyed(scheme, request);
}

/** One signature says of another what it cannot be. */
function byOtherSignatures(scheme: ProfileName, verdicts: Verdicts): Finding | undefined {
  const isRight = (other: ProfileName) => verdicts[other] === 'valid' || verdicts[other] === 'expired';
  if (scheme !== 'selz' && isRight('selz'))
    return {
      code: 'body_changed',
      detail:
        'The secret is right (X-Selz-Signature says so, which does not cover data), so the body was changed after it was signed.',
    };
  const other = SCHEMES.find((one) => one !== scheme && isRight(one));
  return (
    other && {
      code: 'header_changed',
      detail: `The secret and the body are right (${SIGNATURE_HEADERS[other]} says so), so a header that this signature needs was changed.`,
    }
  );
}
