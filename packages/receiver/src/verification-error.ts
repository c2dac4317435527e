/**
 * What is wrong with a request:
 *
 * - `missing_header`: a header that the check needs did not come. Is it Posthaste who calls?
 * - `malformed_header`: a header is not written as Posthaste writes it.
 * - `wrong_signature`: none of the secrets made this signature of this body.
 * - `too_old`, `too_new`: rightly signed, and the attempt is further from now than the replay window is wide.
 * - `body_was_parsed`: no fault of the sender: the bytes that were signed are no longer there.
 * - `body_too_large`: longer than an adapter's limit.
 * - `malformed_body`: the body is not an event of the profile that was asked for.
 */
export type VerificationErrorCode =
  | 'missing_header'
  | 'malformed_header'
  | 'wrong_signature'
  | 'too_old'
  | 'too_new'
  | 'body_was_parsed'
  | 'body_too_large'
  | 'malformed_body';

/** A request that is not to be trusted. `message` says why, and holds neither secrets nor anything of the body. */
export class WebhookVerificationError extends Error {
  override readonly name = 'WebhookVerificationError';
  /** Stays the same from version to version, unlike `message`. */
  readonly code: VerificationErrorCode;

  constructor(code: VerificationErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
