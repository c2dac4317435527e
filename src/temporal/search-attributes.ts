import type { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';

/** gRPC's status for what does not exist. */
const NOT_FOUND = 5;

/** Temporal's numbers for the types (temporal.api.enums.v1.IndexedValueType). */
const TYPE_NUMBERS = { Keyword: 2, KeywordList: 7 } as const;

/**
 * Makes sure that the namespace knows our search attributes.
 *
 * @returns the names that were added now
 * @throws when they are missing and cannot be added from here, as in Temporal Cloud; says how to add them
 */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<string[]> {
  const { customAttributes } = await connection.operatorService
    .listSearchAttributes({ namespace })
    .catch((error: { code?: number }) => {
      if (error.code === NOT_FOUND)
        throw new Error(
          `There is no Temporal namespace "${namespace}": create it with temporal operator namespace create ` +
            `--namespace ${namespace} --retention 7d, or set TEMPORAL_NAMESPACE.`,
        );
      return { customAttributes: {} as Record<string, unknown> };
    });
  const missing = SEARCH_ATTRIBUTES.filter(({ name }) => !(name in customAttributes));
  const names = missing.map(({ name }) => name);
  if (missing.length === 0) return [];
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map(({ name, type }) => [name, TYPE_NUMBERS[type]])),
    });
  } catch (error) {
    const { details, message } = error as { details?: string; message?: string };
    throw new Error(
      `Temporal namespace "${namespace}" lacks the search attributes ${missing.map(({ name, type }) => `${name} (${type})`).join(', ')} and they cannot ` +
        `be added from here (${details ?? message}). Add them in Temporal Cloud's namespace settings, or with: ` +
        missing
          .map(({ name, type }) => `temporal operator search-attribute create --name ${name} --type ${type}`)
          .join(' && '),
    );
  }
  return names;
}
