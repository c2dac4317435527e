/**
 * Wakes who waits for something that the database tells, in this process, before they look again by themselves. What
 * another process has written they see when they look.
 */
export interface WakeUps {
  /** Whoever waits for this is to look now. */
  wake(topic: string): void;
  /** A place to wait in; close it in the end. */
  sleeperOn(topic: string): Sleeper;
}

export interface Sleeper {
  /** Resolves after so long; at once when it was woken since it slept last; or when it is woken, or closed. */
  sleep(ms: number): Promise<void>;
  close(): void;
}

export function createWakeUps(): WakeUps {
  const sleepers = new Map<string, Set<() => void>>();
  return {
    wake(topic) {
      for (const wake of sleepers.get(topic) ?? []) wake();
    },
    sleeperOn(topic) {
      const ofTopic = sleepers.get(topic) ?? new Set();
      sleepers.set(topic, ofTopic);
      let isWoken = false;
      let rise = () => {};
      const wake = () => {
        isWoken = true;
        rise();
      };
      ofTopic.add(wake);
      return {
        sleep: (ms) =>
          new Promise((resolve) => {
            const timer = setTimeout(() => rise(), ms);
            rise = () => {
              clearTimeout(timer);
              isWoken = false;
              rise = () => {};
              resolve();
            };
            if (isWoken) rise();
          }),
        close() {
          ofTopic.delete(wake);
          if (ofTopic.size === 0 && sleepers.get(topic) === ofTopic) sleepers.delete(topic);
          wake();
        },
      };
    },
  };
}
