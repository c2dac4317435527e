const NAME = 'posthaste-key';

type Listener = () => void;
const listeners = new Set<Listener>();

/** The key of this session; null when nobody is signed in. */
export function keyOf(): string | null {
  return sessionStorage.getItem(NAME) ?? localStorage.getItem(NAME);
}

/** @param stay whether the key outlives the window */
export function keepKey(key: string, stay: boolean): void {
  (stay ? localStorage : sessionStorage).setItem(NAME, key);
}

export function leave(): void {
  sessionStorage.removeItem(NAME);
  localStorage.removeItem(NAME);
  for (const listener of listeners) listener();
}

/** Has something done when the session ends. */
export function onLeave(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
