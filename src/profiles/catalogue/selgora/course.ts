import type { CatalogueType } from '../../profile.ts';
import { email, id, maybe, number, object, text, timestamp } from '../fields.ts';

/** Who learns what. The address and the course's name are read by Selgora's e-mail automation example. */
const learning = {
  contact_id: id,
  contact_email: maybe(email),
  course_id: id,
  course_name: maybe(text),
};

const sample = {
  contact_id: 'con_58VJ3T',
  contact_email: 'maria.keller@example.com',
  course_id: 'course_16WC',
  course_name: 'Watercolour Basics',
};

export const SELGORA_COURSE_TYPES: readonly CatalogueType[] = [
  {
    name: 'course.enrolled',
    profile: 'selgora',
    description: 'A contact was given access to a course.',
    data: object({ ...learning, enrolled_at: timestamp }),
    sample: { ...sample, enrolled_at: '2025-03-04T09:15:00Z' },
  },
  {
    name: 'course.completed',
    profile: 'selgora',
    description: 'A contact finished a course.',
    data: object({
      ...learning,
      completed_at: timestamp,
      completion_rate: maybe(number),
      time_spent_minutes: maybe(number),
    }),
    sample: {
      ...sample,
      completed_at: '2025-05-18T19:42:30Z',
      completion_rate: 100,
      time_spent_minutes: 540,
    },
  },
  {
    name: 'lesson.completed',
    profile: 'selgora',
    description: 'A contact finished one lesson of a course.',
    data: object({
      ...learning,
      lesson_id: id,
      lesson_name: maybe(text),
      completed_at: maybe(timestamp),
      quiz_score: maybe(number),
    }),
    sample: {
      ...sample,
      lesson_id: 'lesson_16WC03',
      lesson_name: 'Mixing greens',
      completed_at: '2025-03-09T20:05:10Z',
      quiz_score: 90,
    },
  },
];
