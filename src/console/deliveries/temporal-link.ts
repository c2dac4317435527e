import type { DeliveryLog, Me } from '../api/client.ts';

/**
 * Where Temporal's Web UI shows a delivery. One that has no workflow there, or none any more, may have been carried by
 * a burst, which is found by what it carried.
 */
export function temporalUrl(
  { url, namespace }: NonNullable<Me['temporalUi']>,
  workflowId: string,
  log: DeliveryLog | undefined,
): string {
  const workflows = `${url.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows`;
  if (log?.source === 'workflow') return `${workflows}/${encodeURIComponent(workflowId)}`;
  const query = `WorkflowId="${workflowId}" OR DeliveryIds="${workflowId}"`;
  return `${workflows}?query=${encodeURIComponent(query)}`;
}
