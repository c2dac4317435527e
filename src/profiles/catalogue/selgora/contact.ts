import type { CatalogueType } from '../../profile.ts';
import { email, id, maybe, object, text, texts, timestamp } from '../fields.ts';

const contact = {
  contact_id: id,
  email: maybe(email),
  first_name: maybe(text),
  last_name: maybe(text),
  tags: maybe(texts),
  custom_fields: maybe(object({})),
};

const changes = object({
  tags: maybe(object({ added: maybe(texts), removed: maybe(texts) })),
  custom_fields: maybe(object({})),
});

const sample = { contact_id: 'con_58VJ3T', email: 'maria.keller@example.com' };

export const SELGORA_CONTACT_TYPES: readonly CatalogueType[] = [
  {
    name: 'contact.created',
    profile: 'selgora',
    description: 'Somebody was added to the contacts.',
    data: object({ ...contact, email, source: maybe(text) }),
    sample: {
      ...sample,
      first_name: 'Maria',
      last_name: 'Keller',
      source: 'landing_page',
      tags: ['lead', 'watercolour'],
      custom_fields: { city: 'Zürich' },
    },
  },
  {
    name: 'contact.updated',
    profile: 'selgora',
    description: 'Tags or fields of a contact were changed.',
    data: object({ ...contact, changes }),
    sample: {
      ...sample,
      changes: {
        tags: { added: ['customer'], removed: ['lead'] },
        custom_fields: { company: 'Atelier Keller' },
      },
    },
  },
  {
    name: 'contact.deleted',
    profile: 'selgora',
    description: 'A contact was removed.',
    data: object({ ...contact, deleted_at: timestamp }),
    sample: { ...sample, deleted_at: '2025-03-04T09:15:00Z' },
  },
];
