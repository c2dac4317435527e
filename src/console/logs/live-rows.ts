import type { InfiniteData } from '@tanstack/react-query';
import { follow } from '../../../packages/client/src/index.ts';
import { client, type Delivery } from '../api/client.ts';
import { queries } from '../api/queries.ts';
import type { LogsSearch } from './filter.ts';
import { withMoved } from './merge.ts';
import { deliveriesQuery } from './queries.ts';
import { isWanted } from './wanted.ts';

/** So many rows are shown while more come. */
export const MOST_LIVE_ROWS = 500;

type Page = { data: Delivery[]; nextCursor: string | null };

interface Watching {
  account: string;
  view: LogsSearch;
  onState(state: 'live' | 'reconnecting'): void;
  /** @param made ids of rows that were not there before @param changed of those that were */
  onRows(made: string[], changed: string[]): void;
  signal: AbortSignal;
}

/**
 * Keeps the loaded deliveries of a view as they are now, until the signal.
 *
 * @throws {PosthasteError} what the API refuses, and would refuse again
 */
export async function watchDeliveries({ account, view, onState, onRows, signal }: Watching): Promise<void> {
  const { queryKey } = deliveriesQuery(account, view);
  const moved = new Map<string, Delivery>();
  let frame = 0;
  signal.addEventListener('abort', () => cancelAnimationFrame(frame));

  /** Once a frame, however many came. */
  function showLater(): void {
    if (signal.aborted) return;
    frame ||= requestAnimationFrame(() => {
      frame = 0;
      // What is being read would take the place of what is put in now.
      if (queries.isFetching({ queryKey, exact: true }) > 0) showLater();
      else show();
    });
  }

  function show(): void {
    const pages = queries.getQueryData(queryKey)?.pages;
    if (!pages) return;
    const before = { data: pages.flatMap(({ data }) => data), nextCursor: pages.at(-1)?.nextCursor ?? null };
    const now = new Date();
    const page: Page = withMoved(before, moved, (one) => isWanted(one, view, now), MOST_LIVE_ROWS);
    moved.clear();
    queries.setQueryData<InfiniteData<Page, string | undefined>>(queryKey, {
      pages: [page],
      pageParams: [undefined],
    });
    const old = new Map(before.data.map((row) => [row.id, row]));
    const news = page.data.filter((row) => old.get(row.id) !== row).map(({ id }) => id);
    onRows(
      news.filter((id) => !old.has(id)),
      news.filter((id) => old.has(id)),
    );
  }

  await follow({
    signal,
    async open(lastEventId, ofConnection) {
      const stream = await openTail(account, view, lastEventId, ofConnection);
      // What happened before is read, from now on it is heard: what ended meanwhile, the stream does not tell.
      void queries.refetchQueries({ queryKey, exact: true });
      return stream;
    },
    found: () => onState('live'),
    lost: () => onState('reconnecting'),
    hear({ event, data }) {
      if (event !== 'delivery') return;
      const delivery: Delivery = JSON.parse(data);
      moved.set(delivery.id, delivery);
      showLater();
    },
  });
}

/** Filtered by what stays of a delivery alone: of one that leaves the view must be heard. */
function openTail(
  account: string,
  { endpoint, event }: LogsSearch,
  lastEventId: string | undefined,
  signal: AbortSignal,
): Promise<{ response: Response }> {
  return client.GET('/v1/accounts/{account}/deliveries/tail', {
    params: {
      path: { account },
      query: { endpointId: endpoint, event },
      header: lastEventId === undefined ? {} : { 'Last-Event-ID': lastEventId },
    },
    signal: AbortSignal.any([signal, lostNetwork(signal)]),
    parseAs: 'stream',
  });
}

/** Aborted when the browser knows that it is offline, which an open stream does not tell for long. */
function lostNetwork(end: AbortSignal): AbortSignal {
  const lost = new AbortController();
  window.addEventListener('offline', () => lost.abort(), { once: true, signal: end });
  return lost.signal;
}
