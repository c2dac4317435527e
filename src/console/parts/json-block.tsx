import { CodeBlock } from './code-block.tsx';
import { JsonText } from './json-text.tsx';

/** JSON, laid out and coloured. */
export function JsonBlock({ value, what }: { value: unknown; what: string }) {
  const text = JSON.stringify(value, null, 2);
  return (
    <CodeBlock text={text} what={what}>
      <JsonText text={text} />
    </CodeBlock>
  );
}
