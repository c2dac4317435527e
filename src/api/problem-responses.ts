import { STATUS_CODES } from 'node:http';
import type { Problem } from './problem.ts';

type Json = Record<string, unknown>;

const RETRY_AFTER = {
  'Retry-After': {
    description: 'Seconds to wait before trying again.',
    required: true,
    schema: { type: 'integer', minimum: 1 },
  },
};

interface ProblemResponse {
  description: string;
  /** All that `code` may be; docs/errors.md tells what each means. */
  codes: string[];
  headers?: Json;
}

/** What an error of each status means, for every route that can answer it. */
const PROBLEMS: Record<number, ProblemResponse> = {
  400: {
    description: 'The request is not valid; `errors` names each field that is wrong.',
    codes: ['invalid_request', 'invalid_json', 'body_incomplete', 'address_not_allowed'],
  },
  401: {
    description: 'No API key, or one that is not known, revoked or expired.',
    codes: ['unauthorized'],
    headers: {
      'WWW-Authenticate': {
        description: 'How to authenticate: `Bearer`.',
        required: true,
        schema: { type: 'string' },
      },
    },
  },
  403: { description: 'The API key may not do this.', codes: ['forbidden'] },
  404: { description: 'There is no such thing here.', codes: ['not_found'] },
  409: {
    description: 'It conflicts with what is there.',
    codes: [
      'idempotency_conflict',
      'delivery_over',
      'delivery_unfinished',
      'delivery_not_sleeping',
      'delivery_waits_in_lane',
      'delivery_held',
      'delivery_not_running',
      'endpoint_deleted',
      'payload_expunged',
      'recovery_open',
      'recovery_over',
      'recovery_not_running',
      'recovery_not_paused',
      'catalogue_type',
    ],
  },
  413: { description: 'The body is too large.', codes: ['body_too_large', 'event_too_large'] },
  415: {
    description: 'The body is not JSON, or is compressed.',
    codes: ['unsupported_media_type', 'unsupported_encoding'],
  },
  422: {
    description: 'Well-formed, but cannot be done as asked; `errors` says why.',
    codes: [
      'invalid_event_data',
      'number_not_exact',
      'duplicate_key',
      'nested_too_deep',
      'reserved_event_type',
      'too_many_endpoints',
      'too_many_event_types',
      'too_many_keys',
      'too_many_portal_links',
      'too_many_listeners',
      'public_url_not_set',
      'count_too_long',
    ],
  },
  429: {
    description: 'Too many requests; try again after `Retry-After` seconds.',
    codes: ['rate_limited', 'too_many_streams', 'too_many_counts'],
    headers: RETRY_AFTER,
  },
  500: { description: 'A fault on our side; `requestId` finds it in the log.', codes: ['internal_error'] },
  503: {
    description: 'A part that this needs is away; try again after `Retry-After` seconds.',
    codes: ['unavailable'],
    headers: RETRY_AFTER,
  },
};

/** The errors, as the components `Problem400` … of the OpenAPI document. */
export function problemResponses(schema: Json): Json {
  return Object.fromEntries(
    Object.entries(PROBLEMS).map(([status, { description, codes, headers }]) => [
      `Problem${status}`,
      {
        description: `${description} Code: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
        ...(headers && { headers }),
        content: { 'application/problem+json': { schema, example: exampleOf(Number(status), codes) } },
      },
    ]),
  );
}

function exampleOf(status: number, [code = '']: string[]): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? '',
    status,
    code,
    detail: '…',
    ...(status >= 500 && { requestId: '5b8a3f0e-6c1d-4e0f-9a55-0d6f1c2b7e44' }),
  };
}
