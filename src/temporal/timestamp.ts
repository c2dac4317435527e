/** A time as Temporal's messages carry it. */
export function dateOf({
  seconds,
  nanos,
}: {
  seconds?: { toString(): string } | null;
  nanos?: number | null;
}): Date {
  return new Date(Number(seconds ?? 0) * 1000 + (nanos ?? 0) / 1e6);
}
