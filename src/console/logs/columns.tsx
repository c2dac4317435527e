import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Delivery } from '../api/client.ts';
import { AnswerCode } from '../parts/answer-code.tsx';
import type { Column } from '../parts/data-table.tsx';
import { DeliveryLink } from '../parts/delivery-link.tsx';
import { millisecondsText } from '../parts/duration.ts';
import { EventName } from '../parts/event-name.tsx';
import { shortUrl } from '../parts/short-url.ts';
import { DeliveryStatus } from '../parts/status-badge.tsx';
import { TimeText } from '../parts/time-text.tsx';

/** @param urls of the account's endpoints, by their ids */
export function deliveryColumns(
  account: string,
  urls: ReadonlyMap<string, string> | undefined,
): Column<Delivery>[] {
  return [
    {
      title: 'Event',
      cell: ({ id, event, createdAt }) => (
        <>
          <DeliveryLink account={account} id={id} className="row-link">
            <EventName name={event} />
          </DeliveryLink>
          <Text size="xs" c="dimmed" hiddenFrom="sm">
            <TimeText at={createdAt} />
          </Text>
        </>
      ),
    },
    {
      title: 'Status',
      cell: ({ status, nextAttemptAt }) => (
        <>
          <DeliveryStatus status={status} />
          {nextAttemptAt && (
            <Text size="xs" c="dimmed" pl={16} hiddenFrom="sm">
              <TimeText at={nextAttemptAt} />
            </Text>
          )}
        </>
      ),
    },
    { title: 'Answer', cell: ({ attempts }) => <AnswerCode attempt={attempts.at(-1)} /> },
    {
      title: 'Took',
      cell: ({ attempts }) => {
        const last = attempts.at(-1);
        return last && <span className="figure">{millisecondsText(last.durationMs)}</span>;
      },
      wideOnly: true,
    },
    {
      title: 'Attempts',
      cell: ({ attemptCount, nextAttemptAt }) => (
        <span className="figure">
          {attemptCount}
          {nextAttemptAt && (
            <span className="next">
              next <TimeText at={nextAttemptAt} />
            </span>
          )}
        </span>
      ),
      wideOnly: true,
    },
    {
      title: 'Endpoint',
      cell: ({ endpointId }) => {
        const url = urls?.get(endpointId);
        return (
          <Link
            className="endpoint-link"
            to="/a/$account/endpoints/$id"
            params={{ account, id: endpointId }}
            title={url ?? endpointId}
          >
            {url ? shortUrl(url) : endpointId}
          </Link>
        );
      },
      wideOnly: true,
    },
    {
      title: 'When',
      cell: ({ createdAt }) => (
        <span className="when">
          <TimeText at={createdAt} />
        </span>
      ),
      wideOnly: true,
    },
  ];
}
