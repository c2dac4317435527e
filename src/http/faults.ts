import type { Blocked, NetworkFault, Unreachable } from '../domain/delivery.ts';
import { AddressRefused, NameUnresolved } from './guard.ts';
import { NoTunnel, ProxyFault } from './proxy.ts';

/** How far a request has come; the words stand in the detail of a timeout. */
export type Phase =
  | 'resolving the name'
  | 'reaching the proxy'
  | 'waiting for the proxy'
  | 'connecting'
  | 'TLS handshake'
  | 'waiting for the answer';

/** Longest detail, in characters. */
const MAX_DETAIL_LENGTH = 300;

export function unreachable(fault: NetworkFault, detail: string): Unreachable {
  return { kind: 'unreachable', fault, detail };
}

/** What an error before the status line means. A fault of the egress proxy is nobody's outcome. */
export function outcomeOf(error: Error, phase: Phase): Unreachable | Blocked | ProxyFault {
  if (error instanceof ProxyFault) return error;
  if (error instanceof NoTunnel) return error.outcome;
  if (error instanceof AddressRefused) {
    return { kind: 'blocked', detail: oneLine(error.message), address: error.address };
  }
  if (error instanceof NameUnresolved) return unreachable('dns', oneLine(error.message));
  return unreachable(faultOf(codeOf(error), phase), detailOf(error));
}

/** What the end of the time means in a phase. */
export function lateIn(phase: Phase, timeoutMs: number): Unreachable | ProxyFault {
  switch (phase) {
    case 'reaching the proxy':
    case 'waiting for the proxy':
      return new ProxyFault(`the egress proxy did not answer within ${timeoutMs} ms (${phase})`);
    default:
      return unreachable('timeout', `no answer within ${timeoutMs} ms (${phase})`);
  }
}

/** The code of a system, TLS or parser error; empty when it has none. */
export function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

function faultOf(code: string, phase: Phase): NetworkFault {
  // The names that Node gives to faults of the HTTP parser, and to TLS alerts that come after the handshake.
  if (code.startsWith('HPE_')) return 'protocol';
  if (code.startsWith('ERR_SSL_') || code.startsWith('ERR_TLS_') || code === 'EPROTO') return 'tls';
  switch (phase) {
    case 'resolving the name':
    case 'reaching the proxy':
    case 'waiting for the proxy':
    case 'connecting':
      return 'connect';
    case 'TLS handshake':
      return 'tls';
    case 'waiting for the answer':
      return 'reset';
    default:
      return phase satisfies never;
  }
}

/** `connect ECONNREFUSED 203.0.113.7:443`: Node's own words, without OpenSSL's file names. */
function detailOf(error: Error): string {
  // Several addresses were tried and each failed: the first one's story stands for all.
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return detailOf(error.errors[0]);
  const code = codeOf(error);
  const [, openSslReason] = /:SSL routines:[^:]*:([^:]+):/.exec(error.message) ?? [];
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : openSslReason;
  const words = reason ?? error.message;
  return oneLine(words.includes(code) ? words : `${words} (${code})`);
}

function oneLine(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
    .slice(0, MAX_DETAIL_LENGTH);
}
