type Kept = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** For this tab, or where a browser lets a frame of another site store nothing: until the page is left. */
export const tabStorage = orMemory(() => sessionStorage);

/** For this browser, or as long. */
export const browserStorage = orMemory(() => localStorage);

function orMemory(storage: () => Storage): Kept {
  try {
    const found = storage();
    found.getItem('');
    return found;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (name) => kept.get(name) ?? null,
      setItem: (name, value) => void kept.set(name, value),
      removeItem: (name) => void kept.delete(name),
    };
  }
}
