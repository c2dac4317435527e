import { failureOf } from '../../domain/failures.ts';
import type { Attempt } from '../api/client.ts';

/** What an attempt was answered with, or what kept it from an answer. */
export function AnswerCode({ attempt }: { attempt: Attempt | undefined }) {
  if (!attempt) return <span className="answer">–</span>;
  const { responseStatus, error } = attempt;
  return (
    <span className="answer" data-good={error === undefined} title={failureOf(attempt)?.title}>
      {responseStatus ?? error}
    </span>
  );
}
