// Loaded before the product, whose clock is then wrong by so many milliseconds; timers run as before.
const skewMs = Number(process.env.FAULT_CLOCK_SKEW_MS);
const RightDate = globalThis.Date;
const now = () => RightDate.now() + skewMs;

globalThis.Date = new Proxy(RightDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length > 0 ? args : [now()], newTarget),
  apply: () => new RightDate(now()).toString(),
  get: (target, name) => (name === 'now' ? now : Reflect.get(target, name)),
});
