import type { components } from '../../../packages/client/src/index.ts';

export type DeliveryOfEvent = components['schemas']['Event']['deliveries'][number];

export const hasEnded = ({ status }: Pick<DeliveryOfEvent, 'status'>) =>
  ['succeeded', 'failed', 'cancelled'].includes(status);
