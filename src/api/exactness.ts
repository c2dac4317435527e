import { AppError, type FieldError } from '../domain/errors.ts';
import { type ExactnessFault, type JsonPath, jsonPointer, scanExactness } from './json-exact.ts';

/** How deep `data` may be nested, itself being the first level. */
export const MOST_DATA_LEVELS = 64;
/** Named for each event; more is no help to anyone. */
const MOST_ERRORS = 10;

/** What is wrong with how one event was written. */
export interface WritingFault {
  /** Of the first fault. */
  code: ExactnessFault;
  errors: FieldError[];
}

/** What is wrong with how the body of a request for one event was written. */
export function faultOfEvent(text: string): WritingFault | undefined {
  const faults = new FaultsByEvent();
  scanExactness(text, {
    maxDepth: MOST_DATA_LEVELS + 1,
    onFault: (fault, path, detail) => faults.add(0, fault, path, detail),
  });
  return faults.byEvent.get(0);
}

/**
 * What is wrong with how the events of a batch were written, by their index, with pointers into each event.
 *
 * @throws {AppError} 422 when it is the batch itself
 */
export function faultsOfBatch(text: string): ReadonlyMap<number, WritingFault> {
  const faults = new FaultsByEvent();
  scanExactness(text, {
    maxDepth: MOST_DATA_LEVELS + 3,
    onFault(fault, path, detail) {
      const [member, index, ...within] = path;
      if (member !== 'events' || typeof index !== 'number') {
        throw wronglyWritten({ code: fault, errors: [{ pointer: jsonPointer(path), detail }] });
      }
      faults.add(index, fault, within, detail);
    },
  });
  return faults.byEvent;
}

export function wronglyWritten({ code, errors }: WritingFault): AppError {
  return new AppError(422, code, DETAILS[code], errors);
}

const DETAILS: Record<ExactnessFault, string> = {
  number_not_exact:
    'A number would change its value on the way to a receiver, because JSON parsers keep numbers as doubles. Send it as a string.',
  duplicate_key: 'An object has a member more than once, and a JSON parser would lose all but one.',
  nested_too_deep: `The data of an event may be nested at most ${MOST_DATA_LEVELS} levels deep.`,
};

class FaultsByEvent {
  readonly byEvent = new Map<number, WritingFault>();

  add(index: number, code: ExactnessFault, path: JsonPath, detail: string): void {
    const known = this.byEvent.get(index);
    if (known && known.errors.length >= MOST_ERRORS) return;
    const error = { pointer: jsonPointer(path), detail };
    if (known) known.errors.push(error);
    else this.byEvent.set(index, { code, errors: [error] });
  }
}
