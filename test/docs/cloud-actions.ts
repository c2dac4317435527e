/** What Temporal Cloud bills of an event in a history: https://docs.temporal.io/evaluate/cloud/actions */
const BILLED = new Set([
  'WORKFLOW_EXECUTION_STARTED',
  'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES',
  'ACTIVITY_TASK_SCHEDULED',
  'TIMER_STARTED',
  'WORKFLOW_EXECUTION_SIGNALED',
]);

/**
 * Temporal Cloud's actions in a history. All markers of one workflow task are one.
 *
 * @param events types as `EVENT_TYPE_TIMER_STARTED`, and for markers the workflow task they came with
 */
export function billableActions(events: readonly { type: string; task?: string | undefined }[]): number {
  const types = events.map(({ type, task }) => ({ type: type.replace('EVENT_TYPE_', ''), task }));
  const markers = types.filter(({ type }) => type === 'MARKER_RECORDED');
  return types.filter(({ type }) => BILLED.has(type)).length + new Set(markers.map(({ task }) => task)).size;
}
