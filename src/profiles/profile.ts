import type { z } from 'zod';
import type { ProfileName } from '../domain/delivery.ts';

/** An accepted event, as stored: everything that a body is made of. */
export interface StoredEvent {
  id: string;
  type: string;
  createdAt: Date;
  acceptedAt: Date;
  /** Made when the event was accepted, for the Selz envelope. */
  selzToken: string;
  /** The data as JSON text, exactly as it goes over the wire. */
  data: string;
}

/** A known event type of a catalogue. */
export interface CatalogueType {
  name: string;
  profile: 'selgora' | 'selz';
  /** One line. */
  description: string;
  /** Checks `data`: required fields present and of their type, further fields pass. */
  data: z.ZodType;
  /** A `data` good enough to develop a receiver against. */
  sample: Record<string, unknown>;
}

/** The wire format of one product. */
export interface Profile {
  name: ProfileName;
  /**
   * The request body. A pure function of what is stored, so it is the same bytes on every attempt and resend;
   * `JSON.stringify(JSON.parse(body))` gives it back.
   */
  body(event: StoredEvent): string;
  /** The product's own signature header, made with the newest secret; `standard` has none. */
  signature(body: string, event: StoredEvent, secret: string): Record<string, string>;
  /** Whether a secret that a user brings can be used with this profile; says what is wrong when not. */
  secretFault(secret: string): string | undefined;
}
