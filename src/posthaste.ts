import { ROLES } from './roles.ts';

/**
 * The command `posthaste`: a process of the product when the first word is a role or there is none, else the command
 * line, which calls a product that runs somewhere. Only what is meant is loaded.
 */
export async function posthaste(argv: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const [word] = argv;
  if (word !== undefined && !(ROLES as readonly string[]).includes(word)) {
    const { commandLine } = await import('./cli/command-line.ts');
    process.exitCode = await commandLine(argv, env);
    return;
  }
  const { main } = await import('./main.ts');
  await main(argv, env);
  // A connection that failed half-way may hold on to its socket.
  if (process.exitCode) process.exit();
}
