import { defaultPayloadConverter, type RawValue, rawValueTypeInfo } from '@temporalio/common';
import { defineSignal, type SignalDefinition, setHandler } from '@temporalio/workflow';
import { type Signalled, signalled } from '../src/domain/signalled.ts';

/**
 * A signal that anybody may send, with nothing or anything in it. Its input is read by its handler alone: an error on the
 * way there would fail the workflow's task, and every later one, for each begins with the same signals.
 */
export function publicSignal(name: string): SignalDefinition<[RawValue?]> {
  return defineSignal(name, { typeInfo: { inputTypes: [rawValueTypeInfo] } });
}

/** Has a public signal heeded, with as much of its input as can be read. */
export function onSignal(signal: SignalDefinition<[RawValue?]>, heed: (said: Signalled) => void): void {
  setHandler(signal, (input) => heed(signalled(decoded(input))));
}

function decoded(input: RawValue | undefined): unknown {
  try {
    return input && defaultPayloadConverter.fromPayload(input.payload);
  } catch {
    return undefined;
  }
}
