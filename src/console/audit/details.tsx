import { Text } from '@mantine/core';
import type { AuditEntry } from '../api/client.ts';
import { inWords, valueText } from './words.ts';

interface Change {
  from?: unknown;
  to?: unknown;
  changed?: unknown[];
}

/** What was changed to what, and whatever else is known of it. */
export function AuditDetails({ details = {} }: Pick<AuditEntry, 'details'>) {
  const { changes, ...others } = details;
  const changed = Object.entries((changes ?? {}) as Record<string, Change>);
  // The names of what was given say nothing beside what came of it.
  const said = Object.entries(others).filter(
    ([name, value]) => value !== null && !(name === 'fields' && changed.length > 0),
  );
  if (changed.length === 0 && said.length === 0) return null;
  return (
    <ul className="changes">
      {changed.map(([name, { from, to, changed: values = [] }]) => (
        <li key={name}>
          <Name name={name} /> {values.length > 0 && <>another value of {valueText(values)} </>}
          {valueText(from) === valueText(to) ? (
            values.length === 0 && 'changed in a part that is not shown'
          ) : (
            <>
              <del>{valueText(from)}</del> → <ins>{valueText(to)}</ins>
            </>
          )}
        </li>
      ))}
      {said.map(([name, value]) => (
        <li key={name}>
          <Name name={name} /> {valueText(value)}
        </li>
      ))}
    </ul>
  );
}

function Name({ name }: { name: string }) {
  return (
    <Text span inherit c="dimmed">
      {inWords(name)}:
    </Text>
  );
}
