import type { Router } from 'express';
import { Router as createRouter } from 'express';
import { register } from 'prom-client';
import type { PartCheck } from './deps.ts';
import { named } from './request-log.ts';

/** How long one part may take to answer before it counts as away. */
const CHECK_TIMEOUT_MS = 2000;
/** What was found is told for so long. */
const FOUND_FOR_MS = 1000;

export interface Readiness {
  status: 'ready' | 'not_ready';
  checks: Record<string, PartState>;
}

/** How one part stands; `hint` says what to look at when it is not ready. */
export type PartState = { ok: true } | { ok: false; error: string; hint: string };

/** Asks every part at once whether it can be used. */
export async function readiness(parts: readonly PartCheck[]): Promise<Readiness> {
  const checks = await Promise.all(parts.map(async (part) => [part.name, await stateOf(part)] as const));
  const ready = checks.every(([, { ok }]) => ok);
  return { status: ready ? 'ready' : 'not_ready', checks: Object.fromEntries(checks) };
}

/** One look for all who ask meanwhile: anybody may, and a look costs a statement and calls to Temporal. */
function sharedReadiness(parts: readonly PartCheck[]): () => Promise<Readiness> {
  let found: Promise<Readiness> | undefined;
  return () => {
    found ??= readiness(parts).finally(() => {
      const forget = () => {
        found = undefined;
      };
      setTimeout(forget, FOUND_FOR_MS).unref();
    });
    return found;
  };
}

async function stateOf({ check, hint }: PartCheck): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('did not answer in time')), CHECK_TIMEOUT_MS);
  });
  try {
    await Promise.race([check(), late]);
    return { ok: true };
  } catch (error) {
    // Whoever may ask is not known, so addresses and statements stay in the log.
    return { ok: false, error: publicReason(error), hint };
  } finally {
    clearTimeout(timer);
  }
}

function publicReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (message === 'did not answer in time') return message;
  return typeof code === 'string' && /^[A-Z0-9_]+$/.test(code) ? `away (${code})` : 'away';
}

/** `/healthz`, `/readyz` and `/metrics`, which need no key. */
export function healthRouter(
  parts: readonly PartCheck[],
  metrics: () => Promise<string> = () => register.metrics(),
): Router {
  const router = createRouter();
  const ready = sharedReadiness(parts);
  router.get('/healthz', named('/healthz'), (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.get('/readyz', named('/readyz'), async (_request, response) => {
    const answer = await ready();
    response.status(answer.status === 'ready' ? 200 : 503).json(answer);
  });
  router.get('/metrics', named('/metrics'), async (_request, response) => {
    response.type(register.contentType).send(await metrics());
  });
  return router;
}
