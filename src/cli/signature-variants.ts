import { createHmac } from 'node:crypto';
import type { ProfileName } from '../domain/delivery.ts';
import { standardKey } from '../profiles/secret.ts';
import type { CapturedRequest } from './captured-request.ts';

/** What is likely wrong: a stable word, and a sentence that says what to do. */
export interface Finding {
  code: string;
  detail: string;
}

/** What a secret may have been before it was copied wrongly. */
export function secretVariants(secret: string): { secret: string; finding: Finding }[] {
  const trimmed = secret.trim();
  const unquoted = trimmed.replace(/^(["'])(.*)\1$/, '$2');
  const finding = (code: string, detail: string) => ({ code, detail });
  return [
    {
      secret: trimmed,
      finding: finding(
        'secret_has_whitespace',
        'It is right without the white space around the secret, such as a line break at its end.',
      ),
    },
    {
      secret: unquoted,
      finding: finding('secret_in_quotes', 'It is right without the quotes around the secret.'),
    },
    {
      secret: `whsec_${unquoted}`,
      finding: finding(
        'secret_without_prefix',
        'It is right with "whsec_" before the secret: the prefix is part of what was copied.',
      ),
    },
  ].filter((variant) => variant.secret !== secret);
}

/** What a body may have been before something read it and wrote it again. */
export function bodyVariants(rawBody: Buffer): { rawBody: Buffer; finding: Finding }[] {
  const text = rawBody.toString('utf8');
  const changed = (body: string, detail: string, code = 'body_changed') => ({
    rawBody: Buffer.from(body),
    finding: { code, detail },
  });
  const compact = reserialised(text);
  return [
    changed(
      text.replace(/\r?\n$/, ''),
      'It is right without the line break at the end of the body, which an editor or echo adds.',
    ),
    changed(text.replace(/\r\n/g, '\n').trim(), 'It is right without the white space around the body.'),
    changed(text.replace(/^\ufeff/, ''), 'It is right without the byte order mark before the body.'),
    ...(compact === undefined
      ? []
      : [
          changed(
            compact,
            'It is right for the same JSON written compactly: something parsed the body and wrote it again. Sign the bytes as they came, before any parsing.',
            'body_reserialised',
          ),
        ]),
  ].filter((variant) => !variant.rawBody.equals(rawBody));
}

function reserialised(text: string): string | undefined {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return undefined;
  }
}

/** Whether it was signed with the bytes of `whsec_…` where the profile takes the text, or the other way round. */
export function differentlyKeyed(
  scheme: ProfileName,
  { headers, rawBody, secret }: CapturedRequest,
): Finding | undefined {
  const signed = (key: string | Buffer, content: string | Buffer) =>
    createHmac('sha256', key).update(content);
  if (scheme === 'standard') {
    const head = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
    const expected = `v1,${signed(secret, Buffer.concat([Buffer.from(head), rawBody])).digest('base64')}`;
    if (!headers['webhook-signature']?.split(' ').includes(expected)) return undefined;
    return {
      code: 'secret_not_decoded',
      detail: 'It was signed with the secret as text. The key is what comes after "whsec_", base64-decoded.',
    };
  }
  if (scheme === 'selz') return undefined;
  if (headers['x-selgora-signature'] !== `sha256=${signed(standardKey(secret), rawBody).digest('hex')}`)
    return undefined;
  return {
    code: 'secret_decoded',
    detail: 'It was signed with the decoded secret. The key is the whole text, "whsec_" included.',
  };
}
