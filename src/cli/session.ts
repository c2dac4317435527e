import { resolve } from 'node:path';
import type { Command } from 'commander';
import { createClient, dataOf, type PosthasteClient } from '../../packages/client/src/index.ts';
import { findLocalProduct } from '../local/local-product.ts';
import { CommandError } from './exit-codes.ts';
import { type Io, Output } from './output.ts';
import { addressGiven, secretGiven } from './read-input.ts';

/** Beside a command's own options. */
export interface GlobalOptions {
  url?: string;
  key?: string;
  account?: string;
  json?: boolean;
}

/** What a command that calls the API works with. */
export interface Connection {
  client: PosthasteClient;
  /** Where the API listens. */
  url: string;
  out: Output;
}

/** What a command about one account works with. */
export interface Session extends Connection {
  /** The account, as the parameter of every path below it. */
  path: { account: string };
}

/** The account that the first start makes. */
const LOCAL_ACCOUNT = 'demo';

export function outputOf(command: Command, io: Io): Output {
  return new Output(io, command.optsWithGlobals<GlobalOptions>().json ?? false);
}

/** @throws {CommandError} that says how to name the product, when none is named or found */
export async function connectionOf(command: Command, io: Io): Promise<Connection> {
  const place = await whereabouts(command.optsWithGlobals<GlobalOptions>(), io.env);
  return connectedTo(place, outputOf(command, io));
}

/** @throws {CommandError} that says how to name the product or the account, when it is neither named nor found */
export async function sessionOf(command: Command, io: Io): Promise<Session> {
  const place = await whereabouts(command.optsWithGlobals<GlobalOptions>(), io.env);
  const connection = connectedTo(place, outputOf(command, io));
  const account = place.account ?? (await accountOfKey(connection.client));
  return { ...connection, path: { account } };
}

function connectedTo({ url, key }: Whereabouts, out: Output): Connection {
  return { client: createClient({ url, key }), url, out };
}

/** A key of an account is of no use for another. */
async function accountOfKey(client: PosthasteClient): Promise<string> {
  const { account } = await dataOf(client.GET('/v1/me'));
  if (account === undefined)
    throw new CommandError(
      "No account, and the key is the operator's: set POSTHASTE_ACCOUNT, or give --account.",
    );
  return account;
}

interface Whereabouts {
  url: string;
  key: string;
  /** Undefined where only the key can tell. */
  account: string | undefined;
}

/**
 * Options go before the environment, and both before the embedded product of this folder. That one's key is never sent
 * to another address.
 */
async function whereabouts(options: GlobalOptions, env: NodeJS.ProcessEnv): Promise<Whereabouts> {
  const url = options.url ?? (env.POSTHASTE_URL || undefined);
  const key = await keyGiven(options, env);
  const account = options.account ?? (env.POSTHASTE_ACCOUNT || undefined);
  if (url !== undefined) {
    if (!addressGiven(url))
      throw new CommandError(`"${url}" is not an address: expected one such as https://hooks.example.com.`);
    if (key === undefined) throw new CommandError('No API key: set POSTHASTE_API_KEY, or give --key.');
    return { url, key, account };
  }
  const dataDir = resolve(env.POSTHASTE_DATA || '.posthaste');
  const local = findLocalProduct(dataDir);
  if (!local)
    throw new CommandError(
      `No Posthaste to talk to: none runs with the data in ${dataDir}. Start one with "npm start", or set POSTHASTE_URL and POSTHASTE_API_KEY.`,
    );
  return { url: local.apiUrl, key: key ?? local.apiKey, account: account ?? LOCAL_ACCOUNT };
}

async function keyGiven(options: GlobalOptions, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const key =
    options.key === undefined ? env.POSTHASTE_API_KEY || undefined : await secretGiven('--key', options.key);
  // Not left to fetch, whose words would repeat it.
  if (key !== undefined && !/^[\x21-\x7e]+$/.test(key))
    throw new CommandError('That is no API key: expected one word of visible ASCII characters.');
  return key;
}
