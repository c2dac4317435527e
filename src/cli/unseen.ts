const MOST_REMEMBERED = 1000;

/** Whether something comes for the first time: whoever comes again to a stream is told some things twice. */
export function unseen(): (what: string) => boolean {
  const seen = new Set<string>();
  return (what) => {
    if (seen.has(what)) return false;
    seen.add(what);
    const [oldest] = seen;
    if (seen.size > MOST_REMEMBERED && oldest !== undefined) seen.delete(oldest);
    return true;
  };
}
