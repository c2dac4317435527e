/** How often work that takes long tells Temporal that its worker lives; it is missed after 15 s. */
const HEARTBEAT_INTERVAL_MS = 5000;

/** Does the work, and tells Temporal all the while that its worker lives. */
export async function heartbeating<T>(heartbeat: () => void, work: () => Promise<T>): Promise<T> {
  const beating = setInterval(heartbeat, HEARTBEAT_INTERVAL_MS);
  try {
    return await work();
  } finally {
    clearInterval(beating);
  }
}
