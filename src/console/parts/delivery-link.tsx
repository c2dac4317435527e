import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface DeliveryLinkProps {
  account: string;
  id: string;
  className?: string;
  children: ReactNode;
}

/** Leads to the page of a delivery. */
export function DeliveryLink({ account, id, className, children }: DeliveryLinkProps) {
  return (
    <Link to={deliveryPath(account, id)} className={className}>
      {children}
    </Link>
  );
}

export function deliveryPath(account: string, id: string): string {
  return `/a/${encodeURIComponent(account)}/deliveries/${encodeURIComponent(id)}`;
}
