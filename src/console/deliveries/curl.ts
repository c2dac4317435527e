/** Longest body that goes into an argument: Linux takes 128 KiB in one. */
const LONGEST_ARGUMENT = 100_000;

/** What curl computes by itself from the rest. */
const COMPUTED = new Set(['content-length', 'host']);

export interface RequestToRepeat {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** A command for a shell that sends the same request again, byte for byte. */
export function curlOf({ method, url, headers, body }: RequestToRepeat): string {
  const names = Object.keys(headers);
  const sent = names.filter((name) => !COMPUTED.has(name.toLowerCase()));
  const isAsked = (name: string) => names.some((one) => one.toLowerCase() === name);
  // curl would add these of its own.
  const withheld = ['accept', 'expect'].filter((name) => !isAsked(name)).map((name) => `${name}:`);
  // Written as `name;` it is sent without a value.
  const lines = sent.map((name) => (headers[name] ? `${name}: ${headers[name]}` : `${name};`));
  const isLong = new TextEncoder().encode(body).length > LONGEST_ARGUMENT;
  const options = [
    // Brackets in a URL are no pattern, and its dots stay.
    `curl -sS -i --globoff --path-as-is --http1.1 -X ${method} ${quoted(new URL(url).href)}`,
    ...[...lines, ...withheld].map((line) => `-H ${headerWord(line)}`),
    isLong ? '--data-binary @-' : `--data-raw ${quoted(body)}`,
  ].join(' \\\n  ');
  // A shell's own command, which has no limit.
  return isLong ? `printf %s ${quoted(body)} | ${options}` : options;
}

/** A header's line as one word. Its bytes are Latin-1, and those of a terminal are not: beyond ASCII they are spelled out. */
function headerWord(line: string): string {
  if (/^[ -~\t]*$/.test(line)) return quoted(line);
  const format = line
    .replace(/[%\\]/g, (character) => (character === '%' ? '%%' : '\\\\'))
    .replace(/[\x80-\xff]/g, (character) => `\\${character.charCodeAt(0).toString(8)}`);
  return `"$(printf ${quoted(format)})"`;
}

/** One word of a POSIX shell, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
