import { AppError } from '../domain/errors.ts';

type Scope = 'read' | 'write';

/** Who calls: the operator, an account's key, or somebody who was sent a portal link of the account. */
export type Caller =
  | { kind: 'operator' }
  | {
      kind: 'account';
      keyId: string;
      accountId: string;
      scopes: readonly Scope[];
      /** When the key ends; null: never. */
      expiresAt: Date | null;
    }
  | {
      kind: 'portal';
      /** Of the link, whose token is the key. */
      keyId: string;
      accountId: string;
      scopes: readonly Scope[];
      expiresAt: Date;
    };

/** Whether the caller may change things, and so read the secrets of endpoints. */
export function mayWrite(caller: Caller): boolean {
  return caller.kind === 'operator' || caller.scopes.includes('write');
}

/** How the caller is named in logs of changes. */
export function actorOf(caller: Caller): string {
  return caller.kind === 'operator' ? 'operator' : caller.keyId;
}

/**
 * A key gives what it has, and for no longer than it has it.
 *
 * @param given.pointer of what says when it ends
 * @throws {AppError} 403
 */
export function refuseMoreThanOwn(
  caller: Caller,
  given: { what: string; scopes: readonly Scope[]; expiresAt: Date | undefined; pointer: string },
): void {
  if (caller.kind === 'operator') return;
  const lacking = given.scopes.find((scope) => !caller.scopes.includes(scope));
  if (lacking !== undefined) {
    throw new AppError(403, 'forbidden', `A key without the scope "${lacking}" cannot give it.`);
  }
  const end = caller.expiresAt;
  if (end && (given.expiresAt === undefined || given.expiresAt > end)) {
    const { what, pointer } = given;
    const detail = `This key ends at ${end.toISOString()}, so a ${what} that it makes must end no later.`;
    throw new AppError(403, 'forbidden', detail, [{ pointer, detail }]);
  }
}
