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
    <Link to="/a/$account/deliveries/$id" params={{ account, id }} className={className}>
      {children}
    </Link>
  );
}
