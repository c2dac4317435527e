import type { CatalogueType } from '../../profile.ts';
import { email, id, maybe, object, text, timestamp } from '../fields.ts';

const message = {
  email_id: id,
  /** Selgora's analytics example reads it of every event. */
  contact_id: maybe(id),
  to: maybe(email),
  subject: maybe(text),
  campaign: maybe(text),
};

/** What is known of the mail program that told of it. */
const reader = { ip_address: maybe(text), user_agent: maybe(text) };

const sample = {
  email_id: 'em_90PLQ2',
  contact_id: 'con_58VJ3T',
  to: 'maria.keller@example.com',
  subject: 'Your first lesson is ready',
  campaign: 'welcome_series',
};

const sampleReader = { ip_address: '203.0.113.24', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' };

export const SELGORA_EMAIL_TYPES: readonly CatalogueType[] = [
  {
    name: 'email.sent',
    profile: 'selgora',
    description: 'An e-mail went out to a contact.',
    data: object({ ...message, to: email }),
    sample,
  },
  {
    name: 'email.opened',
    profile: 'selgora',
    description: 'A recipient opened an e-mail.',
    data: object({ ...message, ...reader, opened_at: timestamp }),
    sample: { ...sample, ...sampleReader, opened_at: '2025-03-04T09:31:07Z' },
  },
  {
    name: 'email.clicked',
    profile: 'selgora',
    description: 'A recipient followed a link in an e-mail.',
    data: object({ ...message, ...reader, link: text, clicked_at: maybe(timestamp) }),
    sample: {
      ...sample,
      ...sampleReader,
      link: 'https://example.com/lessons/1?from=mail&week=1',
      clicked_at: '2025-03-04T09:32:40Z',
    },
  },
];
