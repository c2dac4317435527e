import type { DemoResult } from './demo.ts';

export interface WelcomeFacts {
  apiUrl: string;
  apiKey: string;
  /** The embedded Temporal server, if there is one. */
  temporal: { address: string; webUiUrl: string; cli: string } | undefined;
  dataDir: string;
  /** The demo's deliveries, on the very first start. */
  demo: readonly DemoResult[] | undefined;
}

/** The short screen at the end of the start: where everything is, and one command to paste. */
export function welcome({ apiUrl, apiKey, temporal, dataDir, demo }: WelcomeFacts): string {
  const lines = [
    '',
    `  Posthaste is ready.`,
    '',
    `  Console          ${apiUrl}/`,
    `  API              ${apiUrl}/v1`,
    `  API reference    ${apiUrl}/docs`,
    ...(temporal
      ? [
          `  Temporal Web UI  ${temporal.webUiUrl}`,
          `  Temporal CLI     ${temporal.cli} --address ${temporal.address}`,
        ]
      : []),
    `  API key          ${apiKey}`,
    `  Data             ${dataDir}`,
  ];
  if (demo) {
    lines.push('', '  A first run, for account "demo":');
    for (const { event, deliveryId, status, responseStatus, inboxUrl } of demo) {
      lines.push(`    ${event}  ${status}${responseStatus ? ` (${responseStatus})` : ''}`);
      lines.push(`      received  ${inboxUrl}`);
      if (temporal)
        lines.push(`      workflow  ${temporal.webUiUrl}/namespaces/default/workflows/${deliveryId}`);
    }
  }
  lines.push(
    '',
    '  Send an event:',
    '',
    `curl -sS ${apiUrl}/v1/accounts/demo/events -H 'Authorization: Bearer ${apiKey}' \\`,
    `  -H 'Content-Type: application/json' -d '{"event":"order.completed","data":{"order_id":"ord_1","amount":19700}}'`,
    '',
    '  Ctrl-C stops everything; the next start goes on where it was.',
    '',
  );
  return lines.join('\n');
}
