import { Link } from '@tanstack/react-router';
import type { AuditEntry } from '../api/client.ts';
import { DeliveryLink } from '../parts/delivery-link.tsx';

type Target = Pick<AuditEntry, 'action' | 'target'>;

/** What it was done to, with the way there where it has a page. */
export function AuditTarget({ account, entry: { action, target } }: { account: string; entry: Target }) {
  const id = target;
  const shown = <span className="mono">{target}</span>;
  switch (action.slice(0, action.indexOf('.'))) {
    case 'delivery':
      return (
        <DeliveryLink account={account} id={id} className="row-link">
          {shown}
        </DeliveryLink>
      );
    case 'endpoint':
      return action === 'endpoint.deleted' ? (
        shown
      ) : (
        <Link className="row-link" to="/a/$account/endpoints/$id" params={{ account, id }}>
          {shown}
        </Link>
      );
    case 'event':
      return (
        <Link className="row-link" to="/a/$account/events/$id" params={{ account, id }}>
          {shown}
        </Link>
      );
    case 'event_type':
      return action === 'event_type.deleted' ? (
        shown
      ) : (
        <Link className="row-link" to="/a/$account/event-types/$type" params={{ account, type: target }}>
          {shown}
        </Link>
      );
    default:
      return shown;
  }
}
