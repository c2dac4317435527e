import { CommandError } from './exit-codes.ts';

/**
 * The headers of a captured request, by their names in lower case: lines as they came, as `curl -v` shows them, or a
 * JSON object. What comes later replaces what came before.
 * @throws {CommandError}
 */
export function capturedHeaders(texts: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const text of texts)
    for (const [name, value] of text.trimStart().startsWith('{') ? ofJson(text) : ofLines(text))
      headers[name.toLowerCase()] = value;
  return headers;
}

function ofLines(text: string): [string, string][] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/^[<>] ?/, ''))
    .filter((line) => line.trim() !== '' && !/^[A-Z]+ \S+ HTTP\//.test(line))
    .map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):\s*(.*?)\s*$/.exec(line) ?? [];
      if (name === undefined || value === undefined)
        throw new CommandError(`"${line}" is no header: expected "Name: value".`);
      return [name, value];
    });
}

function ofJson(text: string): [string, string][] {
  try {
    return Object.entries(JSON.parse(text) as Record<string, unknown>).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : String(value),
    ]);
  } catch (error) {
    throw new CommandError(`The headers are not JSON: ${(error as Error).message}`);
  }
}
