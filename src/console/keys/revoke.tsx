import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { type ApiKey, client, dataOf } from '../api/client.ts';
import { Confirm } from '../parts/confirm.tsx';
import { keysQuery } from './queries.ts';

interface RevokeKeyProps {
  account: string;
  apiKey: ApiKey;
  /** Whether this session calls with it. */
  isOwn: boolean;
}

export function RevokeKey({ account, apiKey: { id, name }, isOwn }: RevokeKeyProps) {
  const cache = useQueryClient();
  const revoke = async () => {
    await dataOf(client.DELETE('/v1/accounts/{account}/keys/{id}', { params: { path: { account, id } } }));
    notifications.show({ message: `${name} was revoked.` });
    await cache.invalidateQueries({ queryKey: keysQuery(account).queryKey });
  };
  return (
    <Confirm
      label="Revoke…"
      button={{ size: 'xs', 'aria-label': `Revoke ${name}…` }}
      title={`Revoke ${name}?`}
      text={`Whatever calls with it is refused from now on, and it cannot be given back.${isOwn ? ' You are signed in with this key: you will be signed out.' : ''}`}
      keep="Keep it"
      confirm="Revoke key"
      isDangerous
      run={revoke}
    />
  );
}
