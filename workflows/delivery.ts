import { CancellationScope, condition, isCancellation } from '@temporalio/workflow';
import type { Held, Settled, Step, Waiting } from '../src/domain/delivery.ts';
import { inThisTask, ordinary, rider } from './activities.ts';
import type { DeliveryInput } from './messages.ts';
import { openStory, type Story } from './story.ts';

const cancelled = ({ deliveryId }: DeliveryInput) => inThisTask().settle({ deliveryId, status: 'cancelled' });

/**
 * One event to one endpoint, from first attempt to last: attempt, follow what comes of it, sleep durably,
 * again. The first attempt runs inside the first workflow task, for it is the usual ending; later ones, after
 * a sleep, as ordinary activities.
 */
export async function delivery(input: DeliveryInput): Promise<Settled> {
  let step = firstStep(input);
  const story = openStory(step);
  try {
    while (step.kind !== 'settled') {
      story.tell(step);
      step = step.kind === 'due' ? await attempt(input, story) : await rest(input, step, story);
    }
  } catch (error) {
    if (!isCancellation(error)) throw error;
    story.changed('cancel', 'temporal');
    story.tell(await CancellationScope.nonCancellable(() => cancelled(input)));
    throw error;
  }
  story.tell(step);
  return step;
}

function firstStep({ deliverAt }: DeliveryInput): Step {
  const waitMs = deliverAt ? Date.parse(deliverAt) - Date.now() : 0;
  if (!deliverAt || waitMs <= 0) return { kind: 'due' };
  return { kind: 'waiting', waitMs, until: deliverAt, because: 'deliver_at' };
}

async function attempt({ deliveryId }: DeliveryInput, story: Story): Promise<Step> {
  const number = story.attempts + 1;
  const summary = story.attemptTitle();
  const { attempt, record } = story.apart ? ordinary(summary, story.woken) : inThisTask(summary);
  // Not cancellable: a POST that is under way is finished and recorded first.
  return CancellationScope.nonCancellable(async () => {
    const ended = await attempt({
      deliveryId,
      number,
      whose: rider(),
      inTask: !story.apart,
      ...(story.woken && { woken: true }),
    });
    return ended.kind === 'unrecorded' ? record({ deliveryId, ...ended }) : ended;
  });
}

/** Sleeps until the step's time has come or somebody changes something; a held delivery sleeps without a limit. */
async function rest(input: DeliveryInput, step: Waiting | Held, story: Story): Promise<Step> {
  if (step.kind === 'held') await condition(() => story.nudged());
  else if (!(await condition(() => story.nudged(), step.waitMs, { summary: story.waitTitle() })))
    return { kind: 'due' };

  const nudge = story.takeNudge();
  switch (nudge.kind) {
    case 'retry':
    case 'proceed':
      return { kind: 'due' };
    case 'cancel':
      return cancelled(input);
    case 'reschedule':
    case 'endpoint_changed':
      return inThisTask().reconsider({
        ...input,
        ...story.place(step),
        ...(nudge.asked && { asked: nudge.asked }),
      });
  }
}
