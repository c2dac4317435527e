export interface InboxSearch {
  /** Only this inbox. */
  name?: string | undefined;
  /** Id of the request that is shown; the newest when absent. */
  request?: string | undefined;
}

export function inboxSearchOf({ name, request }: Record<string, unknown>): InboxSearch {
  return {
    ...(name !== undefined && { name: String(name) }),
    ...(request !== undefined && { request: String(request) }),
  };
}
