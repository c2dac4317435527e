/** Has who asks for what is under way in this process, by its name, join it: it is not begun again. */
export function createJoining<Result>() {
  const underWay = new Map<string, Promise<Result>>();
  return function joined(name: string, begin: () => Promise<Result>): Promise<Result> {
    const running = underWay.get(name);
    if (running) return running;
    const result = begin();
    underWay.set(name, result);
    const forget = () => underWay.delete(name);
    result.then(forget, forget);
    return result;
  };
}
