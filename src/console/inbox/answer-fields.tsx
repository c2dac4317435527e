import { Autocomplete, Group, NumberInput } from '@mantine/core';
import { answerFault, delayFault, type InboxAddress } from './address.ts';

/** Worth a try: success, failures that are retried, and those that are not. */
const EXAMPLES = ['200', '500', '500,500,200', '503', '404', '410'];

type Behaviour = Pick<InboxAddress, 'answer' | 'delayMs'>;

export function AnswerFields({
  answer,
  delayMs,
  onChange,
}: Behaviour & { onChange(to: Partial<Behaviour>): void }) {
  return (
    <Group align="flex-start" grow>
      <Autocomplete
        label="Answers with"
        description="In turn; the last one repeats."
        data={EXAMPLES}
        // All of them, whatever is there already.
        filter={({ options }) => options}
        value={answer}
        onChange={(text) => onChange({ answer: text.replace(/\s/g, '') })}
        error={answerFault(answer)}
      />
      <NumberInput
        label="After"
        description="Milliseconds that it takes."
        min={0}
        value={delayMs}
        onChange={(given) => onChange({ delayMs: Number(given) })}
        error={delayFault(delayMs)}
        hideControls
      />
    </Group>
  );
}

export const isAnswerable = ({ answer, delayMs }: Behaviour) => !answerFault(answer) && !delayFault(delayMs);
