import { Fragment } from 'react';

/** The name of a type of event; where it is narrow, a line ends after one of its dots. */
export function EventName({ name }: { name: string }) {
  const parts = name.split('.');
  return parts.map((part, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a name's parts have no other order.
    <Fragment key={at}>
      {at > 0 && (
        <>
          .<wbr />
        </>
      )}
      {part}
    </Fragment>
  ));
}
