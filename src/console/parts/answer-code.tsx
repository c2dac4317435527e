import type { Attempt } from '../api/client.ts';

/** What an attempt was answered with, or what kept it from an answer. */
export function AnswerCode({ attempt }: { attempt: Attempt | undefined }) {
  if (!attempt) return <span className="answer">–</span>;
  const { responseStatus, error } = attempt;
  return (
    <span className="answer" data-good={error === undefined} title={error && WORDS[error]}>
      {responseStatus ?? error}
    </span>
  );
}

const WORDS: Record<string, string> = {
  redirect: 'It answered with a redirect, which is not followed',
  rejected: 'It refused the event',
  server_error: 'It answered that it failed',
  timeout: 'It did not answer in time',
  dns: 'Its name was not found',
  connect: 'It could not be connected to',
  reset: 'It closed the connection before it answered',
  tls: 'The connection to it is not secure',
  protocol: 'What it answered is not HTTP',
  blocked: 'Its address may not be delivered to',
  interrupted: 'It was not known whether it got the event',
};
