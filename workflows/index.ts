export { burst } from './burst.ts';
export { delivery } from './delivery.ts';
export { recovery } from './recovery.ts';
