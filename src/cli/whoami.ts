import type { Command } from 'commander';
import { dataOf } from '../../packages/client/src/index.ts';
import type { Io } from './output.ts';
import { connectionOf } from './session.ts';

/** `posthaste whoami` */
export function addWhoami(program: Command, io: Io): void {
  program
    .command('whoami')
    .description('tell which product is called, and whose key it is')
    .action(async (_options: object, command: Command) => {
      const { client, url, out } = await connectionOf(command, io);
      const me = await dataOf(client.GET('/v1/me'));
      out.result({ url, ...me }, () =>
        out.fields([
          ['address', url],
          ['version', me.version],
          ['key', me.kind === 'operator' ? "the operator's" : "an account's"],
          ['account', me.account, 'bold'],
          ['may', me.scopes.join(' and ')],
          ['ends', me.expiresAt],
          ['Temporal', me.temporalUi && `${me.temporalUi.url} (${me.temporalUi.namespace})`],
        ]),
      );
    });
}
