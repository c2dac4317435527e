import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { programOn } from '../../src/cli/command-line.ts';
import type { Io } from '../../src/cli/output.ts';

/** What the program prints. */
async function printed(...args: string[]): Promise<string> {
  let text = '';
  const stdout = {
    write: (part: string) => {
      text += part;
    },
  };
  const io = { env: {}, stdin: {}, stdout, stderr: stdout } as unknown as Io;
  await programOn(io).parseAsync(args, { from: 'user' });
  return text;
}

test('bash completes commands, those below them, and options', async () => {
  const script = await printed('completion', 'bash');
  const complete = (...words: string[]) =>
    execFileSync('bash', [
      '-c',
      `${script}\nCOMP_WORDS=(posthaste "$@"); COMP_CWORD=$#; _posthaste; printf '%s\\n' "\${COMPREPLY[@]}"`,
      'bash',
      ...words,
    ])
      .toString()
      .trim()
      .split('\n');
  expect(complete('de')).toEqual(['deliveries']);
  expect(complete('deliveries', 're')).toEqual(['retry', 'resend']);
  expect(complete('--json', 'deliveries', 'list', '--resp')).toEqual(['--response-status']);
  expect(complete('recover', 'ep_1', '--dr')).toEqual(['--dry-run']);
});

test.each(['zsh', 'fish'])('%s is told every command', async (shell) => {
  const script = await printed('completion', shell);
  for (const word of ['endpoints', 'rotate', 'trigger', 'recover', 'verify', '--dry-run'])
    expect(script).toContain(word);
});

test('another shell is refused', async () => {
  await expect(printed('completion', 'constructor')).rejects.toThrow(/expected bash, zsh, fish/);
});
