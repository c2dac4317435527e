import { expect, test } from 'vitest';
import { billableActions } from './cloud-actions.ts';
import { textOf } from './markdown.ts';

interface RecordedEvent {
  eventType: string;
  markerRecordedEventAttributes?: { workflowTaskCompletedEventId?: string };
}

function actionsOf(life: string): number {
  const { events }: { events: RecordedEvent[] } = JSON.parse(textOf(`test/histories/${life}.json`));
  return billableActions(
    events.map(({ eventType, markerRecordedEventAttributes: marker }) => ({
      type: eventType,
      task: marker?.workflowTaskCompletedEventId,
    })),
  );
}

const model = textOf('docs/sizing-model.mjs');
const assumed = (name: string) => Number(new RegExp(`${name} = (\\d+)`).exec(model)?.[1]);

test('the actions that are assumed of a delivery are those of recorded lives', () => {
  expect(actionsOf('succeeded-at-once')).toBe(assumed('ACTIONS_AT_ONCE'));
  expect(actionsOf('retried-by-hand')).toBe(assumed('ACTIONS_WITH_RETRY') + 1);
  expect(actionsOf('exhausted')).toBe(assumed('ACTIONS_WITH_RETRY'));
});

test('each further attempt is two actions more', () => {
  expect(actionsOf('succeeded-after-retries')).toBe(assumed('ACTIONS_WITH_RETRY') + 2);
});
