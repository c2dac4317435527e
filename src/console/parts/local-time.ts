/** A moment as `datetime-local` inputs take it: local, to the minute. */
export function toLocalInput(at: string | undefined): string {
  if (at === undefined) return '';
  const moment = new Date(at);
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

/** Undefined when it is empty or half typed. */
export function fromLocalInput(text: string): string | undefined {
  const moment = new Date(text);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}
