import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createClient, type PosthasteClient } from '../../packages/client/src/index.ts';
import { findLocalProduct } from '../local/local-product.ts';
import { CommandError } from './exit-codes.ts';
import { type Io, Output } from './output.ts';

/** Beside a command's own options. */
export interface GlobalOptions {
  url?: string;
  key?: string;
  account?: string;
  json?: boolean;
}

/** What a command that calls the API works with. */
export interface Session {
  client: PosthasteClient;
  /** The account, as the parameter of every path below it. */
  path: { account: string };
  out: Output;
}

/** The account that the first start makes. */
const LOCAL_ACCOUNT = 'demo';

export function outputOf(command: Command, io: Io): Output {
  return new Output(io, command.optsWithGlobals<GlobalOptions>().json ?? false);
}

/** @throws {CommandError} that says how to name the product, when none is named or found */
export function sessionOf(command: Command, io: Io): Session {
  const { url, key, account } = whereabouts(command.optsWithGlobals<GlobalOptions>(), io.env);
  return { client: createClient({ url, key }), path: { account }, out: outputOf(command, io) };
}

export interface Whereabouts {
  url: string;
  key: string;
  account: string;
}

/**
 * Options go before the environment, and both before the embedded product of this folder. That one's key is never sent
 * to another address.
 */
export function whereabouts(options: GlobalOptions, env: NodeJS.ProcessEnv): Whereabouts {
  const url = options.url ?? (env.POSTHASTE_URL || undefined);
  const key = options.key ?? (env.POSTHASTE_API_KEY || undefined);
  const account = options.account ?? (env.POSTHASTE_ACCOUNT || undefined);
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url) || !URL.canParse(url))
      throw new CommandError(`"${url}" is not an address: expected one such as https://hooks.example.com.`);
    if (key === undefined) throw new CommandError('No API key: set POSTHASTE_API_KEY, or give --key.');
    if (account === undefined)
      throw new CommandError('No account: set POSTHASTE_ACCOUNT, or give --account.');
    return { url, key, account };
  }
  const dataDir = resolve(env.POSTHASTE_DATA || '.posthaste');
  const local = findLocalProduct(dataDir);
  if (!local)
    throw new CommandError(
      `No Posthaste to talk to: none runs with the data in ${dataDir}. Start one with "npm start", or set POSTHASTE_URL, POSTHASTE_API_KEY and POSTHASTE_ACCOUNT.`,
    );
  return { url: local.apiUrl, key: key ?? local.apiKey, account: account ?? LOCAL_ACCOUNT };
}
