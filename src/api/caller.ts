/** Who calls: the operator, or an account's key. */
export type Caller =
  | { kind: 'operator' }
  | {
      kind: 'account';
      keyId: string;
      accountId: string;
      scopes: readonly ('read' | 'write')[];
      /** When the key ends; null: never. */
      expiresAt: Date | null;
    };

/** How the caller is named in logs of changes. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'operator' ? 'operator' : caller.keyId;
}
