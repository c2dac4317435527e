import { carriedIn } from '../src/domain/burst.ts';
import { UnknownDelivery } from '../src/domain/errors.ts';
import { attemptResult } from '../src/domain/story.ts';
import type { AttemptEachInput, MadeEach } from './attempt-each-input.ts';
import type { AttemptResult } from './attempt-input.ts';
import { type Carried, createCarriedAttempt, type NotMade } from './carried-attempt.ts';
import type { BurstDeps } from './deps.ts';

/**
 * The first attempt of each delivery of a burst, all at once. Whatever is not settled by it is handed over to a
 * workflow of its own as soon as that is known; what its endpoint has no room for waits there. A repeat after a crash
 * makes no finished attempt again.
 */
export function createAttemptEach(deps: BurstDeps) {
  const attempt = createCarriedAttempt(deps);
  const handOver = createHandOver(deps);
  return async function attemptEach({ burst, deliveries }: AttemptEachInput): Promise<MadeEach> {
    const made: MadeEach = { settled: 0, handedOver: 0, parked: 0, log: {}, unrecorded: [] };

    async function attemptOne(carried: Carried): Promise<void> {
      const { deliveryId } = carried;
      const result = await attempt(carried).catch((error: unknown) => {
        deps.logger.warn({ deliveryId, burst, err: error }, 'an attempt of a burst goes on by itself');
        // In a workflow of its own a fault of ours is waited out.
        return { kind: error instanceof UnknownDelivery ? 'elsewhere' : 'due' } as const;
      });
      made.log[deliveryId] = told(result);
      switch (result.kind) {
        case 'elsewhere':
          return;
        case 'parked':
          made.parked++;
          return;
        case 'settled':
          made.settled++;
          return;
        case 'unrecorded':
          made.unrecorded.push({ deliveryId, ...result });
          return;
        default:
          made.handedOver++;
          await handOver({ burst, deliveryIds: [deliveryId] });
      }
    }

    await Promise.all(carriedIn(deliveries).map((each) => attemptOne({ ...each, burst })));
    return made;
  };
}

/** Has deliveries that a burst carried go on in workflows of their own. Repeating it changes nothing. */
export function createHandOver({ writes, offer }: Pick<BurstDeps, 'writes' | 'offer'>) {
  return async function handOver(input: { burst: string; deliveryIds: string[] }): Promise<void> {
    const { burst, deliveryIds } = input;
    const goOn = await Promise.all(deliveryIds.map((deliveryId) => writes.handOver({ deliveryId, burst })));
    offer(goOn.filter((delivery) => delivery !== undefined));
  };
}

function told(result: AttemptResult | NotMade): string {
  const step = result.kind === 'unrecorded' ? result.step : result;
  switch (step.kind) {
    case 'settled':
      return [step.status, step.attempt && attemptResult(step.attempt)].filter(Boolean).join(', ');
    case 'waiting':
      return ['goes on', step.attempt && attemptResult(step.attempt)].filter(Boolean).join(', ');
    case 'held':
      return `goes on, ${step.endpoint}`;
    case 'due':
      return 'goes on, not attempted yet';
    case 'elsewhere':
      return 'attempted elsewhere';
    case 'parked':
      return 'waits for room at its endpoint';
  }
}
