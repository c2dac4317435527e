import { version } from '../package.json';

/** This product's version, as it stands in package.json. */
export const VERSION = version;
