import { Anchor, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { Delivery } from '../api/client.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { TimeText } from '../parts/time-text.tsx';

/** What it is a delivery of, what it is called, and since when. */
export function DeliveryFacts({ account, delivery }: { account: string; delivery: Delivery }) {
  const { id, eventId, resendOf, createdAt, completedAt } = delivery;
  return (
    <section className="panel fact-row" aria-label="Facts">
      <Fact name="Event">
        <IdLink path={`/a/${account}/events/${eventId}`} id={eventId} what="the event’s id" />
      </Fact>
      <Fact name="Delivery">
        <Id id={id} what="the delivery’s id" />
      </Fact>
      {resendOf && (
        <Fact name="Resend of">
          <IdLink
            path={`/a/${account}/deliveries/${resendOf}`}
            id={resendOf}
            what="the first delivery’s id"
          />
        </Fact>
      )}
      <Fact name="Made">
        <TimeText at={createdAt} />
      </Fact>
      {completedAt && (
        <Fact name="Ended">
          <TimeText at={completedAt} />
        </Fact>
      )}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <div className="fact-name">{name}</div>
      <div className="fact-value">{children}</div>
    </div>
  );
}

function Id({ id, what }: { id: string; what: string }) {
  return (
    <Group gap={2} wrap="nowrap">
      <span className="shortened id" title={id}>
        {id}
      </span>
      <CopyButton value={id} what={what} />
    </Group>
  );
}

function IdLink({ path, id, what }: { path: string; id: string; what: string }) {
  return (
    <Group gap={2} wrap="nowrap">
      <Anchor component={Link} to={path} className="shortened id" title={id}>
        {id}
      </Anchor>
      <CopyButton value={id} what={what} />
    </Group>
  );
}
