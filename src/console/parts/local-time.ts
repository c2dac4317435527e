/** A moment as `<input type="datetime-local" step="1">` holds it: local, to the second, without a zone. */
export function inputOf(at: Date): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [at.getFullYear(), two(at.getMonth() + 1), two(at.getDate())].join('-');
  return `${day}T${[at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(':')}`;
}

/** The moment that is meant by what such an input holds; undefined while it holds none. */
export function momentOf(input: string): Date | undefined {
  const at = new Date(input);
  return input !== '' && Number.isFinite(at.getTime()) ? at : undefined;
}
