import type { AttemptError } from './delivery.ts';

/** How an attempt that failed is told to people, and what they can do. */
export interface Failure {
  /** `Timed out`: as the beginning of a sentence, of one attempt or of several. */
  title: string;
  meaning: string;
  advice: string;
}

const FAILURES: Record<AttemptError, Failure> = {
  rejected: {
    title: 'Rejected',
    meaning: 'A 4xx says that this request will never be taken, so it is not tried again.',
    advice:
      'See what the answer says below. If the receiver was wrong, mend it and resend this one, or recover all that it missed; for what may work later it should answer 5xx.',
  },
  redirect: {
    title: 'Redirected',
    meaning: 'Redirects are not followed: a signed request goes only where it was addressed to.',
    advice: 'Give the endpoint the address that the answer’s Location names.',
  },
  server_error: {
    title: 'Failed at the receiver',
    meaning: 'The receiver says that it cannot take the request now, which is a reason to try again.',
    advice: 'Look into the receiver’s own log at this time. Once it works, retry.',
  },
  timeout: {
    title: 'Timed out',
    meaning: 'No complete answer came within the endpoint’s timeout.',
    advice:
      'Answer 2xx as soon as the event is stored, and do the work afterwards; or give the endpoint a longer timeout. The receiver may have got the request.',
  },
  dns: {
    title: 'Name not found',
    meaning: 'The host name of the URL could not be resolved.',
    advice: 'Check the spelling of the URL, and the records of the domain.',
  },
  connect: {
    title: 'Could not connect',
    meaning: 'Nobody took the connection at this address and port.',
    advice: 'Is the server running, is the port right, and does a firewall let it through?',
  },
  reset: {
    title: 'Connection lost',
    meaning: 'The connection ended before an answer came.',
    advice:
      'The receiver, or a proxy before it, closed it: look for a crash or a restart. It may have got the request.',
  },
  tls: {
    title: 'No secure connection',
    meaning: 'The certificate could not be verified, or the handshake failed.',
    advice: 'Is the certificate valid for this host, not expired, and sent with its whole chain?',
  },
  protocol: {
    title: 'Not an HTTP answer',
    meaning: 'What came back is no well-formed HTTP.',
    advice: 'Is it an HTTP server that listens there, and http or https as the URL says?',
  },
  blocked: {
    title: 'Address not allowed',
    meaning: 'The URL leads to an address that deliveries may not reach, so nothing was sent.',
    advice: 'Use a public address. The operator can allow further networks.',
  },
  interrupted: {
    title: 'Interrupted',
    meaning: 'The worker stopped during the attempt, so its outcome is not known.',
    advice: 'Nothing to do: it is repeated, and the receiver may see the request twice.',
  },
};

/** What an attempt that failed means; undefined for one that did not. */
export function failureOf({ error }: { error?: string | undefined }): Failure | undefined {
  return error === undefined ? undefined : FAILURES[error as AttemptError];
}
