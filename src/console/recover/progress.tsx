import { Alert, Group, Progress, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Endpoint, Recovery } from '../api/client.ts';
import { durationText } from '../parts/duration.ts';
import { RecoveryStatus } from './recovery-status.tsx';
import { useRate } from './use-rate.ts';

interface RecoveryProgressProps {
  recovery: Recovery;
  /** When it was so, in milliseconds. */
  at: number;
  endpointStatus: Endpoint['status'] | undefined;
}

/** How far a recovery has come, how fast it goes, and how long it may take. */
export function RecoveryProgress({ recovery, at, endpointStatus }: RecoveryProgressProps) {
  const { status, resent, skipped, total } = recovery;
  const done = resent + skipped;
  const rest = Math.max(0, total - done);
  const rate = useRate(done, at);
  const isRunning = status === 'running';
  const percent = (count: number) => (total === 0 ? 0 : (count / total) * 100);
  return (
    <section className="panel recovery-progress" aria-label="Progress">
      <Group justify="space-between" gap="sm" mb="sm">
        <div aria-live="polite">
          <RecoveryStatus status={status} />
        </div>
        <Text size="sm" c="dimmed" className="numbers">
          {done} of {total}
        </Text>
      </Group>
      <Progress.Root size="lg" aria-label={`${done} of ${total}`}>
        <Progress.Section
          value={total === 0 ? 100 : percent(resent)}
          color={isRunning ? 'brand' : status === 'completed' ? 'teal' : 'gray'}
          striped={isRunning}
          animated={isRunning}
          aria-label="Sent again"
        />
        <Progress.Section value={percent(skipped)} color="gray.5" aria-label="Passed over" />
      </Progress.Root>
      <dl className="stats">
        <Stat name="Sent again">{resent}</Stat>
        <Stat name="Passed over" text={skipped > 0 ? 'Arrived meanwhile, or nothing to send' : undefined}>
          {skipped}
        </Stat>
        <Stat name={status === 'cancelled' ? 'Not sent' : 'To do'}>{rest}</Stat>
        <Pace recovery={recovery} rate={rate} rest={rest} />
      </dl>
      {isRunning && endpointStatus && endpointStatus !== 'active' && (
        <Alert color="orange" variant="light" mt="md">
          The endpoint is {endpointStatus}: what is sent again is held there, and the recovery waits. Resume
          the endpoint to let it go on.
        </Alert>
      )}
    </section>
  );
}

interface PaceProps {
  recovery: Recovery;
  /** A second, lately. */
  rate: number | undefined;
  rest: number;
}

function Pace({ recovery: { status, createdAt, completedAt }, rate, rest }: PaceProps) {
  if (completedAt) {
    const tookS = (Date.parse(completedAt) - Date.parse(createdAt)) / 1000;
    return <Stat name="Took">{tookS < 1 ? 'under 1 s' : durationText(tookS)}</Stat>;
  }
  if (status === 'paused') return <Stat name="Rate">–</Stat>;
  const left = rate ? `about ${durationText(Math.ceil(rest / rate))} left` : undefined;
  return (
    <Stat name="Rate" text={left}>
      {rate === undefined ? '…' : rateText(rate)}
    </Stat>
  );
}

function rateText(rate: number): string {
  const shown = rate === 0 || rate >= 10 ? Math.round(rate) : rate.toFixed(1);
  return `${shown} / s`;
}

function Stat({ name, text, children }: { name: string; text?: string | undefined; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {text && <span className="stat-text">{text}</span>}
      </dd>
    </div>
  );
}
