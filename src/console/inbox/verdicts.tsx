import { Badge, Group } from '@mantine/core';
import type { InboxRequest } from '../api/client.ts';
import { FORMATS } from '../endpoints/formats.ts';

type Scheme = keyof InboxRequest['verdicts'];
type Verdict = NonNullable<InboxRequest['verdicts'][Scheme]>;

const WORDS: Record<Verdict, [text: string, color: string]> = {
  valid: ['valid', 'teal'],
  invalid: ['invalid', 'red'],
  expired: ['expired', 'orange'],
};

/** Each signature that came, and whether it verifies. */
export function Verdicts({ verdicts }: Pick<InboxRequest, 'verdicts'>) {
  const came = Object.entries(verdicts) as [Scheme, Verdict][];
  if (came.length === 0) return <>None came</>;
  return (
    <Group gap={6}>
      {came.map(([scheme, verdict]) => (
        <Badge key={scheme} variant="light" color={WORDS[verdict][1]} tt="none">
          {FORMATS[scheme]}: {WORDS[verdict][0]}
        </Badge>
      ))}
    </Group>
  );
}

/** Whether all that came verify. */
export function allValid(verdicts: InboxRequest['verdicts']): boolean {
  const came = Object.values(verdicts);
  return came.length > 0 && came.every((verdict) => verdict === 'valid');
}
