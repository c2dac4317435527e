import { broughtToken, portalId } from '../portal/link.ts';
import { browserStorage, tabStorage } from './storage.ts';

/** Portals next to each other, in frames of one page, have tokens of their own. */
const NAME = portalId === undefined ? 'posthaste-key' : `posthaste-${portalId}`;

type Listener = () => void;
const listeners = new Set<Listener>();

if (broughtToken !== undefined) tabStorage.setItem(NAME, broughtToken);

/** The key of this session; null when nobody is signed in. A portal never has the key of whoever signed in beside it. */
export function keyOf(): string | null {
  return tabStorage.getItem(NAME) ?? (portalId === undefined ? browserStorage.getItem(NAME) : null);
}

/** @param stay whether the key outlives the window */
export function keepKey(key: string, stay: boolean): void {
  (stay ? browserStorage : tabStorage).setItem(NAME, key);
}

export function leave(): void {
  tabStorage.removeItem(NAME);
  browserStorage.removeItem(NAME);
  for (const listener of listeners) listener();
}

/** Has something done when the session ends. */
export function onLeave(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
