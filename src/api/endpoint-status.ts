import { forgetFailures } from '../db/endpoint-health.ts';
import { setEndpointStatus } from '../db/endpoints.ts';
import { recallParked, wakeParkedOfLocked } from '../db/parking.ts';
import { actorOf } from './caller.ts';
import { accountAndIdParams } from './contracts.ts';
import { audit, changing } from './endpoint-change.ts';
import { endpointSchema, toEndpoint } from './endpoint-contract.ts';
import { type Route, route } from './route.ts';

const pause = route({
  method: 'post',
  path: '/v1/accounts/:account/endpoints/:id/pause',
  operationId: 'pauseEndpoint',
  tag: 'Endpoints',
  summary: 'Hold its deliveries',
  description:
    'Deliveries become `held` when their time comes; nothing is lost. Pausing again changes nothing.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  answers: { 200: { description: 'The endpoint, paused or still disabled.', schema: endpointSchema } },
  async handle({ params, caller, deps }) {
    const row = await changing(deps.pool, params, async (before, db) => {
      if (before.status !== 'active') return before;
      const after = await setEndpointStatus(db, before.id, 'paused');
      await audit(db, caller, after, 'paused');
      await recallParked(db, [after.id]);
      return after;
    });
    deps.relay.poke();
    return { status: 200, body: toEndpoint(row) };
  },
});

const resume = route({
  method: 'post',
  path: '/v1/accounts/:account/endpoints/:id/resume',
  operationId: 'resumeEndpoint',
  tag: 'Endpoints',
  summary: 'Deliver what is held, and what comes',
  description:
    'What is held goes out in the order in which it came, `maxConcurrency` at a time. Also enables an endpoint that ' +
    'was disabled. Resuming an active endpoint changes nothing.',
  access: 'write',
  portal: true,
  params: accountAndIdParams,
  answers: { 200: { description: 'The endpoint, active.', schema: endpointSchema } },
  async handle({ params, caller, deps }) {
    const row = await changing(deps.pool, params, async (before, db) => {
      if (before.status === 'active') return before;
      await forgetFailures(db, before.id);
      const after = await setEndpointStatus(db, before.id, 'active', actorOf(caller));
      await audit(db, caller, after, 'resumed', { from: before.status });
      await wakeParkedOfLocked(db, [after.id]);
      return after;
    });
    deps.relay.poke();
    return { status: 200, body: toEndpoint(row) };
  },
});

export const statusRoutes: Route[] = [pause, resume];
