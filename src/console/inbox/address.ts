import { parsedUrl } from '../../domain/parsed-url.ts';

/** The least and the most, as the inbox takes them. */
export const LONGEST_DELAY_MS = 60_000;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const ANSWERS = /^[2-5]\d\d(,[2-5]\d\d){0,49}$/;
const PATH = /^\/inbox\/([A-Za-z0-9_-]{1,64})$/;

/** What a URL of the built-in inbox says. */
export interface InboxAddress {
  name: string;
  /** Statuses that each delivery is answered with in turn, `500,500,200`; the last one repeats. */
  answer: string;
  delayMs: number;
}

/** Undefined for a URL that is none of an inbox. */
export function inboxAddressOf(url: string): InboxAddress | undefined {
  const parsed = parsedUrl(url);
  if (!parsed) return undefined;
  const { pathname, searchParams } = parsed;
  const [, name] = PATH.exec(pathname) ?? [];
  if (name === undefined) return undefined;
  return {
    name,
    answer: searchParams.get('answer') ?? '200',
    delayMs: Number(searchParams.get('delay') ?? 0),
  };
}

/** @param origin where this product is reached: `http://localhost:3000` */
export function inboxUrl(origin: string, { name, answer, delayMs }: InboxAddress): string {
  const said = [
    ...(answer === '200' ? [] : [`answer=${answer}`]),
    ...(delayMs > 0 ? [`delay=${delayMs}`] : []),
  ];
  return `${origin}/inbox/${name}${said.length > 0 ? `?${said.join('&')}` : ''}`;
}

export function nameFault(name: string): string | undefined {
  return NAME.test(name) ? undefined : '1 to 64 letters, digits, "_" and "-".';
}

export function answerFault(answer: string): string | undefined {
  return ANSWERS.test(answer) ? undefined : 'Statuses from 200 to 599, separated by commas, at most 50.';
}

export function delayFault(delayMs: number): string | undefined {
  const fits = Number.isInteger(delayMs) && delayMs >= 0 && delayMs <= LONGEST_DELAY_MS;
  return fits ? undefined : `From 0 to ${LONGEST_DELAY_MS}.`;
}

/** What an inbox that answers so does, in words. */
export function answerText({ answer, delayMs }: Pick<InboxAddress, 'answer' | 'delayMs'>): string {
  const statuses = answer.split(',');
  const last = statuses.at(-1);
  const before = statuses.slice(0, -1);
  const said =
    before.length > 0 ? `Answers ${before.join(', ')}, then always ${last}` : `Always answers ${last}`;
  return delayMs > 0 ? `${said}, after ${delayMs} ms` : said;
}
