import { Code, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AttemptRequest } from '../api/types.ts';
import { FORMATS } from '../endpoints/formats.ts';
import { CodeBlock } from '../parts/code-block.tsx';
import { attemptRequestQuery } from './queries.ts';
import { type AttemptOf, ChangedSince, RequestMissing, SignaturesWithheld } from './request.tsx';
import { SecretCheck } from './secret-check.tsx';

/** How an attempt was signed, and whether a secret made the signature. */
export function SignatureShown({
  account,
  deliveryId,
  number,
  endpointId,
}: AttemptOf & { endpointId: string }) {
  const { data, error, refetch } = useQuery(attemptRequestQuery(account, deliveryId, number));
  const [chosen, setChosen] = useState<string>();
  if (error && !data) return <RequestMissing error={error} retry={refetch} />;
  if (!data) return <Skeleton height={160} />;
  const { signatures } = data;
  const signature = signatures.find(({ scheme }) => scheme === chosen) ?? signatures[0];
  if (!signature) return null;
  return (
    <Stack gap="sm">
      {data.endpointChangedSince && <ChangedSince />}
      {signatures.length > 1 && (
        <SegmentedControl
          aria-label="Which signature"
          size="xs"
          w="fit-content"
          value={signature.scheme}
          onChange={setChosen}
          data={signatures.map(({ scheme }) => ({ value: scheme, label: FORMATS[scheme] }))}
        />
      )}
      <Explained key={signature.scheme} signature={signature} headers={data.headers}>
        <SecretCheck
          key={signature.scheme}
          account={account}
          endpointId={endpointId}
          signature={signature}
          header={headerOf(data.headers, signature.header)}
        />
      </Explained>
    </Stack>
  );
}

interface ExplainedProps {
  signature: AttemptRequest['signatures'][number];
  headers: Record<string, string>;
  children: React.ReactNode;
}

function Explained({ signature: { header, signedContent, algorithm }, headers, children }: ExplainedProps) {
  const sent = headerOf(headers, header);
  return (
    <>
      <Step title="What is signed">
        <CodeBlock text={signedContent} what="the signed content" />
      </Step>
      <Step title="How" text={algorithm} />
      <Step title={<>What the header {<Code>{header}</Code>} says</>}>
        {sent === undefined ? (
          <SignaturesWithheld so="The secret tells below what was sent." />
        ) : (
          <CodeBlock text={sent} what="the signature" />
        )}
      </Step>
      <Step title="Check it here" text="Computed in this page; a pasted secret is sent nowhere.">
        {children}
      </Step>
    </>
  );
}

function Step({
  title,
  text,
  children,
}: {
  title: React.ReactNode;
  text?: string;
  children?: React.ReactNode;
}) {
  return (
    <div>
      <Text size="sm" fw={600} mb={text ? 0 : 4}>
        {title}
      </Text>
      {text && (
        <Text size="sm" c="dimmed" mb={children ? 6 : 0}>
          {text}
        </Text>
      )}
      {children}
    </div>
  );
}

/** Undefined where it is withheld. */
function headerOf(headers: Record<string, string>, name: string): string | undefined {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1];
}
