import type { AttemptEachInput, MadeEach } from '../../activities/attempt-each-input.ts';
import type { CommittedDelivery } from '../domain/delivery.ts';
import type { Told } from '../metrics/exposition.ts';

/** What the thread cannot read from the environment, for the embedded stack has made it. */
export interface ThreadData {
  databaseUrl: string;
  encryptionKeys: { id: string; key: Uint8Array }[];
  /** Ports that deliveries may not reach: those of the servers that this process brought. */
  refusedPorts: readonly number[];
}

export type ToThread =
  | { kind: 'attempt_each'; id: number; input: AttemptEachInput }
  | { kind: 'metrics'; id: number }
  | { kind: 'stop' };

export type FromThread =
  | { kind: 'made'; id: number; made: MadeEach }
  | { kind: 'metrics'; id: number; told: Told }
  | { kind: 'failed'; id: number; message: string }
  /** These go on in workflows of their own. */
  | { kind: 'offer'; deliveries: readonly CommittedDelivery[] }
  /** There are signals to send. */
  | { kind: 'poke' }
  /** Deliveries of ordered lanes have ended. */
  | { kind: 'pass_on' };
