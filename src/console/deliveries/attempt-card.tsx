import { Alert, Collapse, Group, Stack, Tabs, Text, UnstyledButton } from '@mantine/core';
import IconChevronDown from '@tabler/icons-react/icons/IconChevronDown';
import { useId, useState } from 'react';
import { failureOf } from '../../domain/failures.ts';
import type { Attempt, Delivery } from '../api/client.ts';
import { millisecondsText } from '../parts/duration.ts';
import { MomentText } from '../parts/moment-text.tsx';
import { AnswerShown } from './answer.tsx';
import { outcomeText } from './outcome-text.ts';
import { RequestShown } from './request.tsx';
import { SignatureShown } from './signature-check.tsx';
import { toned } from './tones.ts';

interface AttemptCardProps {
  account: string;
  delivery: Delivery;
  attempt: Attempt;
  /** Whether it is open at first. */
  isOpen: boolean;
  now: Date;
}

/** One attempt: what it came to, and on demand all that went out and came back. */
export function AttemptCard({ account, delivery, attempt, isOpen, now }: AttemptCardProps) {
  const [opened, setOpened] = useState(isOpen);
  const bodyId = useId();
  const { number, startedAt, durationMs } = attempt;
  return (
    <div className="attempt">
      <UnstyledButton
        className="attempt-head"
        aria-expanded={opened}
        aria-controls={bodyId}
        onClick={() => setOpened(!opened)}
      >
        <Text span inherit fw={600}>
          Attempt {number}
        </Text>
        <span className="chip" style={toned(attempt.error === undefined ? 'good' : 'bad')}>
          {outcomeText(attempt)}
        </span>
        <Text span inherit c="dimmed">
          {millisecondsText(durationMs)}
        </Text>
        <Group gap={8} ml="auto" c="dimmed" fz="xs" wrap="nowrap">
          <MomentText at={startedAt} now={now} />
          <IconChevronDown
            size={16}
            aria-hidden
            style={{ transform: opened ? 'rotate(180deg)' : undefined, transition: 'transform 150ms' }}
          />
        </Group>
      </UnstyledButton>
      <Collapse in={opened} id={bodyId}>
        {opened && <Details account={account} delivery={delivery} attempt={attempt} />}
      </Collapse>
    </div>
  );
}

function Details({ account, delivery, attempt }: Omit<AttemptCardProps, 'isOpen' | 'now'>) {
  const failure = failureOf(attempt);
  const wasSent = attempt.error !== 'blocked';
  const of = { account, deliveryId: delivery.id, number: attempt.number };
  return (
    <Stack className="attempt-body" gap="sm">
      {failure && (
        <Alert color="red" variant="light" title={failure.title} p="sm">
          <Text size="sm">{failure.meaning}</Text>
          <Text size="sm" mt={4}>
            {failure.advice}
          </Text>
          {attempt.errorDetail && (
            <Text size="xs" mt={6} ff="monospace" style={{ overflowWrap: 'anywhere' }}>
              {attempt.errorDetail}
            </Text>
          )}
        </Alert>
      )}
      <Tabs defaultValue={attempt.responseStatus === undefined ? 'request' : 'answer'} keepMounted={false}>
        <Tabs.List mb="sm">
          {attempt.responseStatus !== undefined && <Tabs.Tab value="answer">Answer</Tabs.Tab>}
          <Tabs.Tab value="request">Request</Tabs.Tab>
          {wasSent && <Tabs.Tab value="signature">Signature</Tabs.Tab>}
        </Tabs.List>
        <Tabs.Panel value="answer">
          <AnswerShown attempt={attempt} />
        </Tabs.Panel>
        <Tabs.Panel value="request">
          <RequestShown {...of} />
        </Tabs.Panel>
        <Tabs.Panel value="signature">
          <SignatureShown {...of} endpointId={delivery.endpointId} />
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
