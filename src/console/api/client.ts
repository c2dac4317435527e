import { createClient } from '../../../packages/client/src/index.ts';
import { keyOf } from '../session/key.ts';

export { dataOf, eachItem, PosthasteError } from '../../../packages/client/src/index.ts';
export type * from './types.ts';

/** The API that served this page, called with the key of the session. */
export const client = createClient({ url: location.origin, key: keyOf });
