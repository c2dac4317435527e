import type { Command } from 'commander';
import { CommandError } from './exit-codes.ts';
import type { Io } from './output.ts';

/** The words that may follow a path of commands: `' endpoints'` → `list`, `show`, …, `--json`. */
type Words = Map<string, string[]>;

const SCRIPTS: Record<string, (words: Words) => string> = { bash, zsh, fish };

/** `posthaste completion bash|zsh|fish` */
export function addCompletion(program: Command, io: Io): void {
  program
    .command('completion <shell>')
    .description('print a completion script for bash, zsh or fish')
    .addHelpText('after', '\nFor bash:  source <(posthaste completion bash)')
    .action((shell: string) => {
      const script = Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell] : undefined;
      if (!script)
        throw new CommandError(`"${shell}" is not known here: expected ${Object.keys(SCRIPTS).join(', ')}.`);
      io.stdout.write(script(wordsOf(program)));
    });
}

function wordsOf(program: Command): Words {
  const words: Words = new Map();
  const globals = optionsOf(program);
  const visit = (command: Command, path: string) => {
    const own = command === program ? [] : optionsOf(command);
    words.set(path, [...command.commands.map((child) => child.name()), ...own, ...globals, '--help']);
    for (const child of command.commands) visit(child, `${path} ${child.name()}`);
  };
  visit(program, '');
  return words;
}

function optionsOf({ options }: Command): string[] {
  return options.flatMap(({ long }) => (long ? [long] : []));
}

const knownPaths = (words: Words) =>
  [...words.keys()].filter((path) => path !== '').map((path) => `'${path}'`);

function bash(words: Words): string {
  return `_posthaste() {
  local at='' word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${knownPaths(words).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${[...words].map(([path, list]) => `    '${path}') COMPREPLY=($(compgen -W '${list.join(' ')}' -- "\${COMP_WORDS[COMP_CWORD]}")) ;;`).join('\n')}
  esac
}
complete -o default -F _posthaste posthaste
`;
}

function zsh(words: Words): string {
  return `#compdef posthaste
_posthaste() {
  local at='' word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      ${knownPaths(words).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at" in
${[...words].map(([path, list]) => `    '${path}') compadd -- ${list.join(' ')} ;;`).join('\n')}
  esac
}
compdef _posthaste posthaste
`;
}

function fish(words: Words): string {
  return `function __posthaste_at
  set -l at ''
  for word in (commandline -opc)[2..-1]
    switch "$at $word"
      case ${knownPaths(words).join(' ')}
        set at "$at $word"
    end
  end
  test "$at" = "$argv[1]"
end
${[...words].map(([path, list]) => `complete -c posthaste -n "__posthaste_at '${path}'" -a '${list.join(' ')}'`).join('\n')}
`;
}
