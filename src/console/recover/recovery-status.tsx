import type { Recovery } from '../api/client.ts';
import { Status } from '../parts/status-badge.tsx';

const STATUSES: Record<Recovery['status'], [label: string, color: string]> = {
  running: ['Running', 'blue'],
  paused: ['Paused', 'gray'],
  completed: ['All sent again', 'teal'],
  cancelled: ['Cancelled', 'gray'],
};

export function RecoveryStatus({ status }: Pick<Recovery, 'status'>) {
  const [label, color] = STATUSES[status];
  return <Status label={label} color={color} />;
}
