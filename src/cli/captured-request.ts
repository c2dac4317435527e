/** A request that somebody received, and what it is checked with. */
export interface CapturedRequest {
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  rawBody: Buffer;
  secret: string;
  now: Date;
}
