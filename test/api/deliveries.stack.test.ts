import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeliveryAnswer } from '../../src/api/delivery-view.ts';
import type { Problem } from '../../src/api/problem.ts';
import { writeRest, writeSettled } from '../../src/db/resting.ts';
import type { FinalStatus, Settled, Waiting } from '../../src/domain/delivery.ts';
import type { LogEntry } from '../../src/domain/story.ts';
import { type Merchant, openAccount } from '../support/merchant.ts';
import { type ServedApi, serveApi } from './served-api.ts';

let served: ServedApi;
let merchant: Merchant;
let endpointId: string;

beforeAll(async () => {
  served = await serveApi();
});
afterAll(() => served.stop());
beforeEach(async () => {
  served.workflows.away = undefined;
  served.workflows.signals = [];
  served.workflows.onSignal = async () => {};
  merchant = await openAccount(served);
  endpointId = (await merchant.endpoint({ url: 'https://a.test/' })).id;
});

/** A delivery whose workflow runs. */
async function started(event = 'x', more?: object): Promise<string> {
  const id = await merchant.deliver(event, {}, more);
  served.workflows.running.add(id);
  await served.pool.query('update deliveries set started_at = now() where id = $1', [id]);
  return id;
}

async function attempted(id: string, number: number, responseStatus: number, after: 'waits' | FinalStatus) {
  const startedAt = new Date(Date.now() - 5);
  const attempt = { number, startedAt: startedAt.toISOString(), durationMs: 5, responseStatus };
  const step: Settled | Waiting =
    after === 'waits'
      ? {
          kind: 'waiting',
          waitMs: 300_000,
          until: new Date(Date.now() + 300_000).toISOString(),
          because: 'retry_schedule',
          attempt: { ...attempt, error: 'server_error' },
        }
      : {
          kind: 'settled',
          status: after,
          ...(after === 'failed' && { reason: 'rejected' as const }),
          attempt: { ...attempt, ...(after === 'failed' && { error: 'rejected' as const }) },
        };
  await served.writes.claim({ deliveryId: id, number });
  await served.pool.query('update attempts set started_at = $3 where delivery_id = $1 and number = $2', [
    id,
    number,
    startedAt,
  ]);
  await served.writes.record({
    deliveryId: id,
    number,
    try: 1,
    durationMs: 5,
    responseStatus,
    responseHeaders: { 'x-a': 'b' },
    responseBody: 'answer',
    responseTruncated: false,
    step,
  });
}

async function sleeping(): Promise<string> {
  const id = await started();
  await attempted(id, 1, 503, 'waits');
  return id;
}

async function finished(status: FinalStatus = 'failed'): Promise<string> {
  const id = await started();
  await attempted(id, 1, status === 'failed' ? 400 : 200, status);
  return id;
}

async function held(): Promise<string> {
  await merchant.pause(endpointId);
  const id = await started();
  await served.writes.claim({ deliveryId: id, number: 1 });
  return id;
}

const refused = async (method: string, path: string, body?: unknown) => {
  const answer = await merchant.call<Problem>(method, path, body);
  return [answer.status, answer.body.code];
};

describe('one delivery', () => {
  it('is shown with its attempts and what they were answered', async () => {
    const id = await sleeping();
    expect(await merchant.delivery(id)).toEqual({
      id,
      workflowId: id,
      eventId: expect.stringMatching(/^evt_/),
      event: 'x',
      endpointId,
      status: 'retrying',
      attemptCount: 1,
      nextAttemptAt: expect.any(String),
      createdAt: expect.any(String),
      attempts: [
        {
          number: 1,
          startedAt: expect.any(String),
          durationMs: 5,
          responseStatus: 503,
          error: 'server_error',
          responseHeaders: { 'x-a': 'b' },
          responseBody: 'answer',
          responseTruncated: false,
        },
      ],
    });
  });

  it('shows an interrupted attempt beside the one that repeated it, and none that is under way', async () => {
    const id = await started();
    await served.writes.claim({ deliveryId: id, number: 1 });
    expect(await merchant.delivery(id)).toMatchObject({ status: 'delivering', attempts: [] });
    await served.pool.query(
      `update attempts set started_at = now() - interval '1 hour' where delivery_id = $1`,
      [id],
    );
    await served.writes.claim({ deliveryId: id, number: 1 });
    expect((await merchant.delivery(id)).attempts).toEqual([
      { number: 1, startedAt: expect.any(String), durationMs: expect.any(Number), error: 'interrupted' },
    ]);
  });

  it('is not there for another account', async () => {
    const id = await sleeping();
    const stranger = await openAccount(served);
    for (const [method, path, body] of [
      ['GET', ''],
      ['GET', '/log'],
      ['POST', '/retry'],
      ['POST', '/cancel'],
      ['POST', '/resend'],
      ['PATCH', '', { nextAttemptAt: '2020-01-01T00:00:00Z' }],
    ] as const) {
      expect((await stranger.call(method, `/deliveries/${id}${path}`, body)).status).toBe(404);
    }
    expect(served.workflows.signals).toEqual([]);
  });
});

describe('the list', () => {
  type Listed = { data: DeliveryAnswer[]; nextCursor: string | null };
  const list = (query: string) => merchant.call<Listed>('GET', `/deliveries${query}`);
  const idsOf = async (query: string) => (await list(query)).body.data.map(({ id }) => id).sort();

  it('narrows by everything it can be asked for', async () => {
    const waits = await sleeping();
    const failed = await finished();
    const pending = await started('other.type');
    const { eventId } = await merchant.delivery(failed);
    expect(await idsOf('')).toEqual([waits, failed, pending].sort());
    expect(await idsOf('?status=retrying')).toEqual([waits]);
    expect(await idsOf('?status=retrying,failed')).toEqual([waits, failed].sort());
    expect(await idsOf('?status=retrying&status=pending')).toEqual([waits, pending].sort());
    expect(await idsOf(`?endpointId=${endpointId}`)).toHaveLength(3);
    expect(await idsOf('?endpointId=ep_none')).toEqual([]);
    expect(await idsOf('?event=other.type')).toEqual([pending]);
    expect(await idsOf(`?eventId=${eventId}`)).toEqual([failed]);
    expect(await idsOf('?responseStatus=503')).toEqual([waits]);
    expect(await idsOf('?since=2100-01-01T00:00:00Z')).toEqual([]);
    expect(await idsOf('?until=2020-01-01T00:00:00%2B02:00')).toEqual([]);
    expect(await idsOf('?since=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z&status=failed')).toEqual([
      failed,
    ]);
  });

  it('leaves response headers and bodies out', async () => {
    await sleeping();
    const [delivery] = (await list('')).body.data;
    expect(delivery?.attempts).toEqual([
      {
        number: 1,
        startedAt: expect.any(String),
        durationMs: 5,
        responseStatus: 503,
        error: 'server_error',
        responseTruncated: false,
      },
    ]);
  });

  it('pages through all of them, each once, also those made at the same instant', async () => {
    await merchant.call('POST', '/events/batch', { events: Array(7).fill({ event: 'x', data: {} }) });
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { body }: { body: Listed } = await list(`?limit=3${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data.map(({ id }) => id));
      cursor = body.nextCursor;
    }
    expect([seen.length, new Set(seen).size]).toEqual([7, 7]);
  });

  it.each([
    '?status=done',
    '?status=',
    '?status=failed,',
    '?responseStatus=5',
    "?responseStatus=1' or 1=1",
    '?since=now',
    '?event=a%20b',
    '?endpointId=',
    '?endpointId=%00',
    '?cursor=e30',
    '?limit=1e2',
    '?sort=asc',
  ])('refuses %s', async (query) => {
    const { status, body } = await merchant.call<Problem>('GET', `/deliveries${query}`);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors?.[0]?.parameter).toMatch(/^\w+$/);
  });
});

describe('retry', () => {
  it('wakes a sleeping delivery, and answers when that shows', async () => {
    const id = await sleeping();
    served.workflows.onSignal = async () => {
      setTimeout(() => void served.writes.claim({ deliveryId: id, number: 2 }), 50);
    };
    const { status, body } = await merchant.call<DeliveryAnswer>('POST', `/deliveries/${id}/retry`);
    expect([status, body.status]).toEqual([202, 'delivering']);
    expect(served.workflows.signals).toEqual([
      { deliveryId: id, name: 'retryNow', by: 'operator', afterAttempt: 1 },
    ]);
  });

  it('starts the workflow of one that waits for deliverAt and is not started yet', async () => {
    const deliverAt = new Date(Date.now() + 3_600_000).toISOString();
    const id = await merchant.deliver('x', {}, { deliverAt });
    served.workflows.onSignal = () => writeRest(served.pool, id, deliverAt);
    expect((await merchant.command(id, 'retry')).status).toBe('pending');
    expect(served.workflows.signals).toMatchObject([{ deliveryId: id, name: 'retryNow', afterAttempt: 0 }]);
  });

  it('is a 409 when it makes no sense', async () => {
    const path = (id: string) => `/deliveries/${id}/retry`;
    expect(await refused('POST', path(await finished()))).toEqual([409, 'delivery_over']);
    expect(await refused('POST', path(await started()))).toEqual([409, 'delivery_not_sleeping']);
    expect(await refused('POST', path(await held()))).toEqual([409, 'delivery_held']);
    expect(served.workflows.signals).toEqual([]);
    await merchant.resume(endpointId);
    const orphan = await sleeping();
    served.workflows.running.delete(orphan);
    expect(await refused('POST', path(orphan))).toEqual([409, 'delivery_not_running']);
  });

  it('is a 503 with Retry-After while Temporal is away, and in the audit log, for it may have come through', async () => {
    const id = await sleeping();
    served.workflows.away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const { status, headers } = await merchant.call('POST', `/deliveries/${id}/retry`);
    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    const { rows } = await served.pool.query('select action from audit_log where target = $1', [id]);
    expect(rows).toEqual([{ action: 'delivery.retried' }]);
  });

  it('that is refused after it was written down is said to be refused, and not in the log', async () => {
    const id = await sleeping();
    served.workflows.running.delete(id);
    expect(await refused('POST', `/deliveries/${id}/retry`)).toEqual([409, 'delivery_not_running']);
    const { rows } = await served.pool.query(
      'select id, action, details from audit_log where target = $1 order by id',
      [id],
    );
    expect(rows).toMatchObject([
      { action: 'delivery.retried' },
      { action: 'delivery.command_refused', details: { of: rows[0]?.id, code: 'delivery_not_running' } },
    ]);
    expect((await merchant.log(id)).entries.filter(({ kind }) => kind === 'changed')).toEqual([]);
  });
});

describe('cancel', () => {
  it('stops a delivery, and answers when it has ended', async () => {
    const id = await sleeping();
    served.workflows.onSignal = async () => {
      setTimeout(() => void writeSettled(served.pool, id, 'cancelled'), 50);
    };
    expect(await merchant.command(id, 'cancel')).toMatchObject({
      status: 'cancelled',
      completedAt: expect.any(String),
    });
    expect(await refused('POST', `/deliveries/${id}/cancel`)).toEqual([409, 'delivery_over']);
  });

  it('stops one whose workflow is not started yet; what is started later finds it over', async () => {
    const id = await merchant.deliver('x', {});
    expect((await merchant.command(id, 'cancel')).status).toBe('cancelled');
    const claim = await served.writes.claim({ deliveryId: id, number: 1 });
    expect(claim).toEqual({ kind: 'step', step: { kind: 'settled', status: 'cancelled' } });
  });

  it('answers what it sees after two seconds when an attempt is under way', async () => {
    const id = await started();
    await served.writes.claim({ deliveryId: id, number: 1 });
    expect((await merchant.command(id, 'cancel')).status).toBe('delivering');
  });

  it('while Temporal is away is taken in all the same, for the relay to tell the workflow', async () => {
    const id = await sleeping();
    served.workflows.away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    await merchant.command(id, 'cancel');
    const { rows } = await served.pool.query('select name, args from signals where delivery_id = $1', [id]);
    expect(rows).toEqual([{ name: 'cancel', args: { by: 'operator' } }]);
  });
});

describe('reschedule', () => {
  const inAnHour = () => new Date(Date.now() + 3_600_000).toISOString();

  it('wakes a sleeping delivery at another time', async () => {
    const id = await sleeping();
    const nextAttemptAt = inAnHour();
    served.workflows.onSignal = () => writeRest(served.pool, id, nextAttemptAt);
    expect(await merchant.reschedule(id, { nextAttemptAt })).toMatchObject({
      status: 'retrying',
      nextAttemptAt,
    });
    expect(served.workflows.signals).toEqual([
      { deliveryId: id, name: 'reschedule', by: 'operator', afterAttempt: 1, nextAttemptAt },
    ]);
  });

  it('keeps it to another schedule from here on', async () => {
    const id = await sleeping();
    served.workflows.onSignal = () => writeRest(served.pool, id, inAnHour(), [1, 2]);
    expect(await merchant.reschedule(id, { retrySchedule: [1, 2] })).toMatchObject({ retrySchedule: [1, 2] });
    expect(served.workflows.signals).toMatchObject([{ name: 'reschedule', retryScheduleS: [1, 2] }]);
  });

  it.each<[object, string]>([
    [{}, ''],
    [{ nextAttemptAt: new Date(Date.now() + 31 * 86_400_000).toISOString() }, '/nextAttemptAt'],
    [{ nextAttemptAt: 'soon' }, '/nextAttemptAt'],
    [{ retrySchedule: [0] }, '/retrySchedule/0'],
    [{ retrySchedule: [604_801] }, '/retrySchedule/0'],
    [{ retrySchedule: [1.5] }, '/retrySchedule/0'],
    [{ retrySchedule: Array(21).fill(1) }, '/retrySchedule'],
    [{ status: 'succeeded' }, '/status'],
  ])('refuses %j', async (body, pointer) => {
    const id = await sleeping();
    const answer = await merchant.call<Problem>('PATCH', `/deliveries/${id}`, body);
    expect([answer.status, answer.body.errors?.[0]?.pointer]).toEqual([400, pointer]);
  });

  it('is a 409 unless it sleeps', async () => {
    const body = { nextAttemptAt: inAnHour() };
    expect(await refused('PATCH', `/deliveries/${await finished()}`, body)).toEqual([409, 'delivery_over']);
    expect(await refused('PATCH', `/deliveries/${await started()}`, body)).toEqual([
      409,
      'delivery_not_sleeping',
    ]);
    expect(await refused('PATCH', `/deliveries/${await held()}`, body)).toEqual([409, 'delivery_held']);
  });
});

describe('resend', () => {
  it('makes a new delivery of the same event', async () => {
    const id = await finished();
    const original = await merchant.delivery(id);
    const resent = await merchant.command(id, 'resend');
    expect(resent).toMatchObject({
      eventId: original.eventId,
      endpointId,
      status: 'pending',
      resendOf: id,
      attempts: [],
    });
    expect(served.workflows.offered.at(-1)).toEqual({
      id: resent.id,
      accountId: merchant.id,
      endpointId,
      eventType: 'x',
    });
    const { body } = await merchant.call<{ deliveries: { id: string; resendOf?: string }[] }>(
      'GET',
      `/events/${original.eventId}`,
    );
    expect(body.deliveries.map(({ id, resendOf }) => [id, resendOf])).toEqual([
      [id, undefined],
      [resent.id, id],
    ]);
  });

  it('pressed ten times at once is one resend, and another once that has ended', async () => {
    const id = await finished('succeeded');
    const presses = await Promise.all(Array.from({ length: 10 }, () => merchant.command(id, 'resend')));
    expect(new Set(presses.map((press) => press.id)).size).toBe(1);
    const [first] = presses;
    await writeSettled(served.pool, first?.id ?? '', 'cancelled');
    expect((await merchant.command(id, 'resend')).id).not.toBe(first?.id);
  });

  it('is a 409 when the delivery has not ended, or its endpoint is deleted', async () => {
    expect(await refused('POST', `/deliveries/${await sleeping()}/resend`)).toEqual([
      409,
      'delivery_unfinished',
    ]);
    const id = await finished();
    await merchant.deleteEndpoint(endpointId);
    expect(await refused('POST', `/deliveries/${id}/resend`)).toEqual([409, 'endpoint_deleted']);
  });
});

describe('the log', () => {
  it('has the attempts that a workflow cannot know of, for their worker died', async () => {
    const id = await started();
    await served.writes.claim({ deliveryId: id, number: 1 });
    await served.pool.query(
      `update attempts set started_at = now() - interval '1 hour' where delivery_id = $1`,
      [id],
    );
    await served.writes.claim({ deliveryId: id, number: 1 });
    const ended: LogEntry = { at: new Date().toISOString(), kind: 'ended', status: 'succeeded' };
    served.workflows.logs.set(id, [ended]);
    const { source, entries } = await merchant.log(id);
    expect(source).toBe('workflow');
    expect(entries).toMatchObject([{ kind: 'attempt', number: 1, error: 'interrupted' }, { kind: 'ended' }]);
  });

  it('says who cancelled it before its workflow had begun', async () => {
    const id = await started();
    const told: LogEntry = { at: new Date().toISOString(), kind: 'ended', status: 'cancelled' };
    served.workflows.logs.set(id, [told]);
    await served.pool.query(
      `insert into audit_log (account_id, actor, action, target, details)
       values ($1, 'key_1', 'delivery.cancelled', $2, '{}')`,
      [merchant.id, id],
    );
    const { source, entries } = await merchant.log(id);
    expect(source).toBe('workflow');
    expect(entries).toMatchObject([{ kind: 'changed', change: 'cancel', by: 'key_1' }, { kind: 'ended' }]);
  });

  it('of a run that a reset began is told by the record, with the reset', async () => {
    const id = await started();
    const reset: LogEntry = {
      at: new Date().toISOString(),
      kind: 'changed',
      change: 'reset',
      by: 'temporal',
    };
    const again: LogEntry = { at: reset.at, kind: 'changed', change: 'retry', by: 'operator' };
    served.workflows.logs.set(id, [again, reset]);
    const { source, entries } = await merchant.log(id);
    expect(source).toBe('record');
    expect(entries).toMatchObject([{ kind: 'changed', change: 'reset' }]);
  });

  it('is told by the workflow while Temporal has it', async () => {
    const id = await sleeping();
    const entries: LogEntry[] = [{ at: new Date().toISOString(), kind: 'held', because: 'paused' }];
    served.workflows.logs.set(id, entries);
    expect(await merchant.log(id)).toEqual({ source: 'workflow', entries });
  });

  it('is told from the record otherwise: attempts, waits, who changed what, the end', async () => {
    const id = await sleeping();
    served.workflows.onSignal = async (_id, { name }) => {
      if (name === 'reschedule') await writeRest(served.pool, id, nextAttemptAt);
      else setTimeout(() => void attempted(id, 2, 400, 'failed'), 50);
    };
    const nextAttemptAt = new Date(Date.now() + 3_600_000).toISOString();
    await merchant.reschedule(id, { nextAttemptAt });
    await merchant.editEndpoint(endpointId, { description: 'new' });
    const key = await served.keyOf(merchant.id);
    await merchant.call('POST', `/deliveries/${id}/retry`, undefined, { authorization: `Bearer ${key}` });
    await merchant.until(id, 'failed');
    const { source, entries } = await merchant.log(id);
    expect(source).toBe('record');
    expect(entries).toMatchObject([
      { kind: 'attempt', number: 1, responseStatus: 503, error: 'server_error', durationMs: 5 },
      { kind: 'wait', because: 'retry_schedule' },
      { kind: 'changed', change: 'reschedule', by: 'operator' },
      { kind: 'wait', because: 'rescheduled', until: nextAttemptAt },
      { kind: 'changed', change: 'endpoint_changed', by: 'operator' },
      { kind: 'changed', change: 'retry', by: expect.stringMatching(/^key_/) },
      { kind: 'attempt', number: 2, responseStatus: 400, error: 'rejected' },
      { kind: 'ended', status: 'failed', reason: 'rejected' },
    ]);
  });

  it('of a delivery that was cancelled during an attempt that succeeded ends as it did', async () => {
    const id = await started();
    await served.writes.claim({ deliveryId: id, number: 1 });
    await writeSettled(served.pool, id, 'cancelled');
    const attempt = { number: 1, startedAt: new Date().toISOString(), durationMs: 5, responseStatus: 200 };
    const step: Settled = { kind: 'settled', status: 'succeeded', attempt };
    await served.writes.record({ ...attempt, deliveryId: id, try: 1, step });
    expect((await merchant.log(id)).entries).toMatchObject([
      { kind: 'attempt', number: 1, responseStatus: 200 },
      { kind: 'ended', status: 'cancelled' },
    ]);
  });

  it('of a cancelled delivery ends with that', async () => {
    const id = await started('x', { deliverAt: new Date(Date.now() + 60_000).toISOString() });
    served.workflows.onSignal = async () => void (await writeSettled(served.pool, id, 'cancelled'));
    await merchant.command(id, 'cancel');
    expect((await merchant.log(id)).entries).toMatchObject([
      { kind: 'wait', because: 'deliver_at' },
      { kind: 'changed', change: 'cancel' },
      { kind: 'ended', status: 'cancelled' },
    ]);
  });
});
