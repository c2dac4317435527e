import { Alert, Anchor, Button, Center, Checkbox, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { PosthasteError } from '../api/client.ts';
import { wordsOf } from '../api/words-of.ts';
import mark from '../mark.svg';
import { keepKey } from './key.ts';
import { askWho, meQuery } from './me.ts';

const route = getRouteApi('/sign-in');

export function SignIn() {
  const [key, setKey] = useState('');
  const [stay, setStay] = useState(false);
  const { next } = route.useSearch();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const signIn = useMutation({
    mutationFn: () => askWho(key.trim()),
    onSuccess: async (me) => {
      keepKey(key.trim(), stay);
      cache.clear();
      cache.setQueryData(meQuery.queryKey, me);
      await navigate({ href: next ?? '/' });
    },
  });
  const wrongKey = signIn.error instanceof PosthasteError && signIn.error.status === 401;
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w={400} maw="100%" gap="lg">
        <Stack gap="xs" align="center">
          <img src={mark} alt="" width={44} height={44} />
          <Title order={1}>Sign in to Posthaste</Title>
          <Text c="dimmed" ta="center">
            Webhooks: see them, steer them.
          </Text>
        </Stack>
        <form
          className="panel"
          onSubmit={(event) => {
            event.preventDefault();
            signIn.mutate();
          }}
        >
          <Stack p="lg">
            <PasswordInput
              label="API key"
              description="The operator's key, or one of an account."
              placeholder="ph_…"
              value={key}
              onChange={(event) => setKey(event.currentTarget.value)}
              error={wrongKey ? 'This key is not known, or was revoked, or has expired.' : undefined}
              visibilityToggleButtonProps={{ 'aria-label': 'Show the key' }}
              autoComplete="current-password"
              data-autofocus
              required
              withAsterisk={false}
            />
            <Checkbox
              label="Stay signed in on this computer"
              checked={stay}
              onChange={(event) => setStay(event.currentTarget.checked)}
            />
            {signIn.isError && !wrongKey && <Alert color="red">{wordsOf(signIn.error)}</Alert>}
            <Button type="submit" loading={signIn.isPending} disabled={key.trim() === ''} fullWidth>
              Sign in
            </Button>
          </Stack>
        </form>
        <Text size="sm" c="dimmed" ta="center">
          <code>npm start</code> prints the key.{' '}
          <Anchor href="/docs" underline="always">
            API reference
          </Anchor>
        </Text>
      </Stack>
    </Center>
  );
}
