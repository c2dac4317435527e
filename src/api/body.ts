import type { Request } from 'express';
import { AppError } from '../domain/errors.ts';

/** Longest body of a call, in bytes, unless its route says otherwise. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Deepest nesting of arrays and objects in a body. */
export const MAX_DEPTH = 100;

/** The text of each body as it came, for those who must look at how it was written (number tokens). */
const rawBodies = new WeakMap<Request, string>();

/** The request's body as it was sent; empty when there was none. */
export function rawBodyOf(request: Request): string {
  return rawBodies.get(request) ?? '';
}

/**
 * Reads a JSON body: undefined when there is none. Nothing is decompressed, so nothing can grow.
 *
 * @throws {AppError} 413 too long, 415 compressed or not JSON, 400 not UTF-8, broken JSON, text that cannot be
 *   stored, or nested too deep
 */
export async function readJsonBody(
  request: Request,
  { maxBytes, keepsJsonText }: { maxBytes: number; keepsJsonText: boolean },
): Promise<unknown> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    throw new AppError(415, 'unsupported_encoding', 'Send the body uncompressed, without Content-Encoding.');
  }
  const text = decode(await readBytes(request, maxBytes));
  if (text.trim() === '') return undefined;
  if (!isJson(request.headers['content-type'])) {
    throw new AppError(
      415,
      'unsupported_media_type',
      'Send JSON in UTF-8, with the header Content-Type: application/json.',
    );
  }
  const value = parse(text);
  if (!keepsJsonText) refuseUnstorable(value);
  rawBodies.set(request, text);
  return value;
}

/** Part by part: one pattern for it all would try every way to share out a thousand spaces. */
function isJson(contentType = ''): boolean {
  const [type, ...parameters] = contentType
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  return (
    type === 'application/json' &&
    parameters.every((parameter) => /^(?:charset *= *(?:utf-8|"utf-8"))?$/.test(parameter))
  );
}

async function readBytes(request: Request, maxBytes: number): Promise<Buffer> {
  const tooLong = () =>
    new AppError(413, 'body_too_large', `The body is longer than ${maxBytes} bytes; send less at once.`);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLong();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= maxBytes) return chunks.push(chunk);
      request.removeAllListeners('data');
      reject(tooLong());
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => reject(new AppError(400, 'body_incomplete', 'The body ended too early.')));
  });
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new AppError(400, 'invalid_json', 'The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // The parser's message quotes the body, which may hold anything.
    const [, position] = /at position (\d+)/.exec((error as Error).message) ?? [];
    throw new AppError(
      400,
      'invalid_json',
      `The body is not valid JSON${position ? `: look at character ${position}` : ''}.`,
    );
  }
}

/** Refuses what Postgres cannot store as text, and nesting that would exhaust a stack. */
function refuseUnstorable(root: unknown): void {
  const path: string[] = [];
  const refuse = (detail: string) => {
    const pointer = path.map((key) => `/${escapePointer(key)}`).join('');
    throw new AppError(400, 'invalid_request', detail, [{ pointer, detail }]);
  };
  const checkText = (text: string) => {
    if (text.includes('\0')) refuse('The text contains a NUL character (\\u0000).');
    if (/\p{Cs}/u.test(text))
      refuse('The text contains half of a surrogate pair, which is not valid Unicode.');
  };
  const visit = (value: unknown): void => {
    if (typeof value === 'string') checkText(value);
    if (typeof value !== 'object' || value === null) return;
    if (path.length >= MAX_DEPTH) {
      path.splice(8);
      refuse(`Arrays and objects may be nested ${MAX_DEPTH} deep at most.`);
    }
    for (const [key, part] of Object.entries(value)) {
      checkText(key);
      path.push(key);
      // A copy of the object would lose it, and nothing is dropped unsaid.
      if (key === '__proto__') refuse('A member cannot have this name.');
      visit(part);
      path.pop();
    }
  };
  visit(root);
}

/** One reference token of a JSON Pointer (RFC 6901). */
export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
