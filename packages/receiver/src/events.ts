import type { OperationalData, SelgoraData, SelzData } from './event-data.ts';

/** One of Selgora's events; `switch (event.event)` narrows `data`. */
export type SelgoraEvent = {
  [Type in keyof SelgoraData]: {
    /** The same on every retry and resend: what duplicates are known by. */
    id: string;
    event: Type;
    /** When it happened, RFC 3339. */
    created_at: string;
    data: SelgoraData[Type];
  };
}[keyof SelgoraData];

/** One of Selz's events; `switch (event.event)` narrows `data`. */
export type SelzEvent = {
  [Type in keyof SelzData]: {
    /** The same on every retry and resend: what duplicates are known by. */
    id: string;
    event: Type;
    /** When it was accepted, Unix seconds. */
    timestamp: number;
    token: string;
    data: SelzData[Type];
  };
}[keyof SelzData];

/** An event in the envelope of Standard Webhooks. Write one for each free type that you are sent. */
export interface StandardEnvelope<Type extends string, Data> {
  /** The same on every retry and resend: what duplicates are known by. */
  id: string;
  type: Type;
  /** When it happened, RFC 3339. */
  timestamp: string;
  data: Data;
}

type InStandardEnvelope<Types> = {
  [Type in keyof Types & string]: StandardEnvelope<Type, Types[Type]>;
}[keyof Types & string];

/**
 * What a `standard` endpoint gets of the known types: both products' and Posthaste's own; `switch (event.type)` narrows
 * `data`. Free types are not among them: name yours in a union with this.
 */
export type StandardEvent = InStandardEnvelope<SelgoraData & SelzData & OperationalData>;

/** What the events of all profiles have in common. */
export interface AnyEvent {
  id: string;
  data: unknown;
}
