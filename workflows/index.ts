export { delivery } from './delivery.ts';
export { recovery } from './recovery.ts';
