import { z } from 'zod';
import {
  FIELD_VALUE,
  headerFault,
  LONGEST_HEADER_VALUE,
  MOST_HEADERS,
  TOKEN,
} from '../domain/custom-header.ts';

/** The headers that an endpoint asks for besides ours. */
export const customHeaders = z
  .record(z.string(), z.string())
  .superRefine((headers, ctx) => {
    const names = Object.keys(headers);
    if (names.length > MOST_HEADERS) {
      ctx.addIssue({ code: 'custom', message: `At most ${MOST_HEADERS} headers.` });
      return;
    }
    const seen = new Set<string>();
    for (const name of names) {
      const fault = headerFault(name, headers[name] ?? '');
      if (fault !== undefined) ctx.addIssue({ code: 'custom', path: [name], message: fault });
      const lower = name.toLowerCase();
      if (seen.has(lower)) {
        ctx.addIssue({ code: 'custom', path: [name], message: 'The same header is given twice.' });
      }
      seen.add(lower);
    }
  })
  .meta({
    maxProperties: MOST_HEADERS,
    propertyNames: { type: 'string', pattern: TOKEN.source },
    additionalProperties: { type: 'string', maxLength: LONGEST_HEADER_VALUE, pattern: FIELD_VALUE.source },
    description:
      'Headers sent along with every request, at most 20. Reserved names (Host, Content-*, Webhook-*, …) are refused.',
    example: { Authorization: 'Bearer receiver-token' },
  });
