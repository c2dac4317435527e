import type { Command } from 'commander';
import { dataOf } from '../../packages/client/src/index.ts';
import { repeated, wholeNumber } from './listing.ts';
import type { Io } from './output.ts';
import { sessionOf } from './session.ts';
import { relative } from './times.ts';

interface PortalLinkOptions {
  minutes?: number;
  readOnly?: boolean;
  name?: string;
  color?: string;
  logo?: string;
  origin?: string[];
}

/** `posthaste portal-link` */
export function addPortalLink(program: Command, io: Io): void {
  program
    .command('portal-link')
    .description('make a link that opens the console for the account, without a key')
    .option('--minutes <count>', 'how long it works (default: 60)', wholeNumber)
    .option('--read-only', 'show everything, change nothing')
    .option('--name <text>', 'what stands above its pages')
    .option('--color <#rrggbb>', 'of its buttons and links')
    .option('--logo <url>', 'https:// or data: URL of a picture')
    .option('--origin <origin>', 'whose pages may show it in a frame; again for more', repeated)
    .action(async (options: PortalLinkOptions, command: Command) => {
      const { client, path, out } = await sessionOf(command, io);
      const { minutes, readOnly, name, color, logo, origin } = options;
      const body = {
        ...(minutes !== undefined && { expiresIn: minutes * 60 }),
        ...(readOnly && { scopes: ['read' as const] }),
        ...(name !== undefined && { name }),
        ...(color !== undefined && { color }),
        ...(logo !== undefined && { logo }),
        ...(origin && { allowedOrigins: origin }),
      };
      const call = client.POST('/v1/accounts/{account}/portal-links', { params: { path }, body });
      const link = await dataOf(call);
      out.result(link, () => link.url);
      out.remark(`Whoever has it is let in. It ends ${relative(link.expiresAt)}.`);
    });
}
