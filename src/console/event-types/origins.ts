import type { Origin } from './search.ts';

export const ORIGIN_TITLES: Record<Origin, string> = {
  own: 'Your own',
  selgora: 'Selgora',
  selz: 'Selz',
};
