/** Milliseconds on a clock that all processes of one machine share (the monotonic one), exact to the microsecond. */
export function nowMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000;
}
