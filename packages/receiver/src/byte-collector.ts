import type { Bytes } from './hmac.ts';
import { WebhookVerificationError } from './verification-error.ts';

/** Puts the pieces of a body together, up to a limit in bytes. */
export class ByteCollector {
  readonly #limit: number;
  #pieces: Uint8Array[] = [];
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Lets go of what it has when it is too much. @throws WebhookVerificationError `body_too_large` */
  add(piece: Uint8Array): void {
    this.#length += piece.length;
    if (this.#length <= this.#limit) {
      this.#pieces.push(piece);
      return;
    }
    this.#pieces = [];
    throw new WebhookVerificationError('body_too_large', `The body is longer than ${this.#limit} bytes.`);
  }

  whole(): Bytes {
    const whole = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}
