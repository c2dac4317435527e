import { CommandError } from './exit-codes.ts';

type Json = Record<string, unknown>;

/** What of an event can be set. */
const PLACES = ['data', 'id', 'createdAt', 'deliverAt', 'orderingKey'];

/**
 * A copy of an event with `--set data.amount=4200 --set data.items.0.name=Tea`. A value is JSON where it is valid JSON,
 * else text; `\.` is a dot within a name.
 * @throws {CommandError} for one that makes no sense
 */
export function withValuesSet(event: Json, settings: readonly string[]): Json {
  const changed = structuredClone(event);
  for (const setting of settings) setOne(changed, setting);
  return changed;
}

function setOne(event: Json, setting: string): void {
  const equals = setting.indexOf('=');
  if (equals < 1) throw new CommandError(`--set ${setting}: expected path=value, such as data.amount=4200.`);
  const steps = stepsOf(setting.slice(0, equals));
  const [place = ''] = steps;
  if (!PLACES.includes(place) || steps.includes(''))
    throw new CommandError(
      `--set ${setting}: a path begins with ${PLACES.join(', ')}, as in data.amount=4200.`,
    );
  const value = settingValue(setting.slice(equals + 1), setting);
  let at: unknown = event;
  for (const step of steps.slice(0, -1)) at = entered(at, step, setting);
  put(at, steps.at(-1) ?? '', value, setting);
}

/** The names on a path: `items[0].name` is `items.0.name`, and an empty one stays, to be refused. */
function stepsOf(path: string): string[] {
  const parts = path.replace(/\[(\d+)\]/g, '.$1').match(/(?:\\.|[^.\\])+|\.(?=\.|$)|^(?=\.)/g) ?? [];
  return parts.map((part) => (part === '.' ? '' : part.replace(/\\(.)/g, '$1')));
}

function settingValue(text: string, setting: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return text;
  }
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
    throw new CommandError(`--set ${setting}: the number is too large to be exact; put it in quotes.`);
  return value;
}

function entered(at: unknown, step: string, setting: string): unknown {
  const there = Object.hasOwn(at as object, step) ? (at as Json)[step] : undefined;
  if (typeof there === 'object' && there !== null) return there;
  if (there !== undefined && there !== null)
    throw new CommandError(`--set ${setting}: "${step}" is no object or list to set something in.`);
  const made = {};
  put(at, step, made, setting);
  return made;
}

function put(at: unknown, step: string, value: unknown, setting: string): void {
  if (Array.isArray(at) && !(/^\d{1,6}$/.test(step) && Number(step) <= at.length))
    throw new CommandError(
      `--set ${setting}: the list has ${at.length} entries; "${step}" is none, nor the next.`,
    );
  // Not an assignment, to which `__proto__` would mean something else.
  Object.defineProperty(at, step, { value, enumerable: true, configurable: true, writable: true });
}
