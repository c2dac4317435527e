import { z } from 'zod';
import type { CatalogueType } from '../../profile.ts';
import { amount, currency, date, email, id, maybe, object, text, timestamp } from '../fields.ts';

const subscription = {
  subscription_id: id,
  /** Selgora's analytics example reads it of every event. */
  contact_id: maybe(id),
  customer_email: maybe(email),
  plan: maybe(text),
  amount: maybe(amount),
  currency: maybe(currency),
  next_billing_date: maybe(date),
};

const changes = object({
  plan: maybe(object({ from: z.unknown().optional(), to: z.unknown().optional() })),
});

const sample = {
  subscription_id: 'sub_4D1XZB',
  contact_id: 'con_58VJ3T',
  customer_email: 'maria.keller@example.com',
  plan: 'monthly',
  amount: 9700,
  currency: 'USD',
};

export const SELGORA_SUBSCRIPTION_TYPES: readonly CatalogueType[] = [
  {
    name: 'subscription.created',
    profile: 'selgora',
    description: 'A customer started a subscription.',
    data: object({ ...subscription, customer_email: email, plan: text, amount }),
    sample: { ...sample, next_billing_date: '2025-04-04' },
  },
  {
    name: 'subscription.updated',
    profile: 'selgora',
    description: 'Terms of a subscription, such as its plan, were changed.',
    data: object({ ...subscription, changes }),
    sample: {
      ...sample,
      plan: 'annual',
      amount: 97_000,
      next_billing_date: '2026-03-04',
      changes: { plan: { from: 'monthly', to: 'annual' }, amount: { from: 9700, to: 97_000 } },
    },
  },
  {
    name: 'subscription.cancelled',
    profile: 'selgora',
    description: 'A subscription was ended.',
    data: object({
      ...subscription,
      cancelled_at: timestamp,
      reason: maybe(text),
      feedback: maybe(text),
    }),
    sample: {
      ...sample,
      cancelled_at: '2025-03-04T09:15:00Z',
      reason: 'voluntary',
      feedback: 'I finished all the courses.',
    },
  },
];
