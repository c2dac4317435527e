import { onTestFinished } from 'vitest';
import { parseNetworks } from '../../src/http/address.ts';
import { createPost, type PostOptions, type PostRequest } from '../../src/http/post.ts';
import { type Receiver, type ReceiverOptions, startReceiver } from '../support/receiver.ts';

export const loopbackAllowed = { allowNetworks: parseNetworks('127.0.0.0/8,::1/128'), allowHttp: true };

/** A poster that may reach loopback, closed when the test is over; POSTs `{}` within a second unless told otherwise. */
export function poster(options: Partial<PostOptions> = {}) {
  const { post, close } = createPost({ policy: loopbackAllowed, ...options });
  onTestFinished(close);
  return (url: string, request: Partial<PostRequest> = {}) =>
    post({ url, headers: { 'Content-Type': 'application/json' }, body: '{}', timeoutMs: 1000, ...request });
}

/** A receiver that is closed when the test is over. */
export async function receiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const started = await startReceiver(options);
  onTestFinished(() => started.close());
  return started;
}
