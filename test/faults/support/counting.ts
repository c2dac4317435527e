import type { Step } from '../../support/steps.ts';

/** A step that knows how many requests it had open at most. */
export function counting(step: Step): { step: Step; most(): number } {
  let now = 0;
  let most = 0;
  return {
    most: () => most,
    async step(socket, request) {
      most = Math.max(most, ++now);
      await step(socket, request);
      now--;
    },
  };
}
