import { Anchor, Progress, Text } from '@mantine/core';
import IconCheck from '@tabler/icons-react/icons/IconCheck';
import IconDots from '@tabler/icons-react/icons/IconDots';
import IconFlag from '@tabler/icons-react/icons/IconFlag';
import IconMinus from '@tabler/icons-react/icons/IconMinus';
import IconPlayerPause from '@tabler/icons-react/icons/IconPlayerPause';
import IconX from '@tabler/icons-react/icons/IconX';
import { type ReactNode, useState } from 'react';
import type { Delivery } from '../api/client.ts';
import { durationText } from '../parts/duration.ts';
import { MomentText } from '../parts/moment-text.tsx';
import { AttemptCard } from './attempt-card.tsx';
import { changeText, restText } from './rest-text.ts';
import { untilText } from './standing.ts';
import type { Mark, Planned } from './timeline.ts';
import { type Tone, toned } from './tones.ts';

/** More planned attempts than this are told of in one line. */
const MOST_PLANNED = 3;

interface TimelineProps {
  account: string;
  delivery: Delivery;
  marks: Mark[];
  now: Date;
}

/** Attempts and the waits between them, oldest first, down to what is planned. */
export function Timeline({ account, delivery, marks, now }: TimelineProps) {
  const [showsAll, setShowsAll] = useState(false);
  const planned = marks.filter((mark) => mark.kind === 'planned');
  const hidden = showsAll ? [] : planned.slice(MOST_PLANNED);
  const last = marks.findLast((mark) => mark.kind === 'attempt');
  return (
    <ol className="timeline" aria-label="Timeline">
      {marks
        .filter((mark) => !hidden.some((one) => one === mark))
        .map((mark) => (
          <MarkShown
            key={keyOf(mark)}
            mark={mark}
            now={now}
            attempt={(attempt) => (
              <AttemptCard
                account={account}
                delivery={delivery}
                attempt={attempt}
                isOpen={attempt.number === last?.attempt.number}
                now={now}
              />
            )}
          />
        ))}
      {hidden.length > 0 && (
        <Entry icon={<IconDots size={12} />} isToCome>
          <div className="timeline-note">
            <Anchor component="button" size="sm" onClick={() => setShowsAll(true)}>
              {hidden.length} more planned
            </Anchor>
            {hidden.at(-1)?.at && <>, the last one {untilText(hidden.at(-1)?.at ?? '', now)}</>}
          </div>
        </Entry>
      )}
    </ol>
  );
}

function keyOf(mark: Mark): string {
  if (mark.kind === 'attempt') return `attempt ${mark.attempt.number} ${mark.attempt.startedAt}`;
  if (mark.kind === 'planned' || mark.kind === 'under-way') return `${mark.kind} ${mark.number}`;
  return `${mark.kind} ${mark.at}`;
}

interface MarkShownProps {
  mark: Mark;
  now: Date;
  attempt(attempt: Extract<Mark, { kind: 'attempt' }>['attempt']): ReactNode;
}

function MarkShown({ mark, now, attempt }: MarkShownProps) {
  switch (mark.kind) {
    case 'made':
      return (
        <Note icon={<IconFlag size={12} />}>
          Made <MomentText at={mark.at} now={now} />
        </Note>
      );
    case 'attempt': {
      const succeeded = mark.attempt.error === undefined;
      return (
        <Entry
          tone={succeeded ? 'good' : 'bad'}
          isFilled
          icon={succeeded ? <IconCheck size={14} stroke={3} /> : <IconX size={14} stroke={3} />}
        >
          {attempt(mark.attempt)}
        </Entry>
      );
    }
    case 'wait':
      return (
        <Note isSmall>
          {restText(mark, now)}
          {mark.endedAt === undefined && <WaitProgress from={mark.at} until={mark.until} now={now} />}
        </Note>
      );
    case 'held':
      return (
        <Note isSmall={mark.endedAt !== undefined} icon={<IconPlayerPause size={12} />}>
          {restText(mark, now)}
        </Note>
      );
    case 'changed':
      return (
        <Note isSmall>
          <MomentText at={mark.at} now={now} /> · {changeText(mark)}
        </Note>
      );
    case 'under-way':
      return (
        <Entry tone="busy" icon={<IconDots size={12} />}>
          <Text size="sm" lh="24px" fw={550}>
            Attempt {mark.number} is under way
          </Text>
        </Entry>
      );
    case 'planned':
      return <PlannedShown planned={mark} now={now} />;
    case 'ended':
      return (
        <Note icon={<IconMinus size={12} />}>
          {ENDS[mark.status] ?? 'Ended'} <MomentText at={mark.at} now={now} />
        </Note>
      );
  }
}

function WaitProgress({ from, until, now }: { from: string; until: string; now: Date }) {
  const share = (now.getTime() - Date.parse(from)) / (Date.parse(until) - Date.parse(from));
  return (
    <Progress
      value={Math.min(100, share * 100)}
      aria-label="How much of the wait is over"
      color="orange"
      size={4}
      w="min(240px, 100%)"
      mb={6}
    />
  );
}

const ENDS: Partial<Record<Delivery['status'], string>> = {
  succeeded: 'Ended as delivered',
  failed: 'Ended as failed',
  cancelled: 'Cancelled',
};

function PlannedShown({ planned: { number, at, afterS, isLast }, now }: { planned: Planned; now: Date }) {
  const when = at
    ? untilText(at, now)
    : afterS === undefined
      ? 'when its turn comes'
      : `${durationText(afterS)} after attempt ${number - 1}`;
  const isNext = afterS === undefined;
  return (
    <Entry tone={isNext ? 'warning' : 'quiet'} isToCome icon={null}>
      <Text size="sm" lh="24px" c={isNext ? undefined : 'dimmed'}>
        <Text span inherit fw={isNext ? 550 : 400}>
          Attempt {number}
        </Text>
        {at ? ' ' : ', '}
        {when}
        {!isNext && ', if that fails'}
        {isLast && ' · the last one'}
      </Text>
    </Entry>
  );
}

interface EntryProps {
  icon: ReactNode;
  tone?: Tone;
  isFilled?: boolean;
  isSmall?: boolean;
  isToCome?: boolean;
  children: ReactNode;
}

function Entry({ icon, tone, isFilled, isSmall, isToCome, children }: EntryProps) {
  const classes = ['timeline-node', isFilled && 'filled', isSmall && 'small', isToCome && 'to-come'];
  return (
    <li className={isToCome ? 'to-come' : undefined}>
      <span className={classes.filter(Boolean).join(' ')} style={tone && toned(tone)} aria-hidden>
        {!isSmall && icon}
      </span>
      <div>{children}</div>
    </li>
  );
}

function Note({ icon = null, isSmall = false, children }: Partial<EntryProps>) {
  return (
    <Entry icon={icon} isSmall={isSmall}>
      <div className="timeline-note">{children}</div>
    </Entry>
  );
}
