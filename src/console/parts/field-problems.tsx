import { Alert, Code, List } from '@mantine/core';
import { PosthasteError } from '../api/client.ts';
import { ProblemAlert } from './problem-alert.tsx';

interface FieldProblemsProps {
  error: unknown;
  /** The part of the body that was written by hand, `/data`: pointers are shown from there on. */
  within: string;
}

/** What the API has against each part of a JSON text; another fault in its words. */
export function FieldProblems({ error, within }: FieldProblemsProps) {
  const faults = error instanceof PosthasteError ? error.errors : [];
  const about = faults.filter(({ pointer }) => pointer?.startsWith(within));
  if (about.length === 0) return <ProblemAlert error={error} />;
  return (
    <Alert color="red" variant="light" role="alert" title="The data does not fit its type">
      <List size="sm" spacing={4} listStyleType="none">
        {about.map(({ pointer = '', detail }) => (
          <List.Item key={pointer + detail}>
            {pointer !== within && <Code>{pointer.slice(within.length)}</Code>} {detail}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
