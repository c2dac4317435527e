import { lookup, Resolver } from 'node:dns/promises';

/**
 * How many names the operating system looks up at once. Each holds a thread of Node's pool until its servers answer,
 * and libuv gives lookups half of the pool: two of four, unless `UV_THREADPOOL_SIZE` makes it larger.
 */
const MAX_SYSTEM_LOOKUPS = 2;

/** How long a DNS server that is asked directly may take before it is asked once more, in milliseconds. */
const SERVER_TIMEOUT_MS = 2000;

/** Every address of a name, in the order to try them. Rejects when the name has none. */
export type ResolveName = (name: string) => Promise<string[]>;

/**
 * Resolves as the operating system does (hosts file included), as long as there is room; lookups of one name that
 * overlap are one. Names whose servers hang fill that room, and must not hold up everybody else's: further
 * ones are asked of the DNS servers directly, which takes no thread, and wait for room only when DNS knows no
 * such name.
 */
export function systemResolver(
  asSystem: ResolveName = lookedUp,
  direct: ResolveName = askedDirectly(),
): ResolveName {
  const underWay = new Map<string, Promise<string[]>>();
  let lookups = 0;

  async function counted(name: string): Promise<string[]> {
    lookups += 1;
    try {
      return await asSystem(name);
    } finally {
      lookups -= 1;
    }
  }

  async function resolved(name: string): Promise<string[]> {
    if (lookups < MAX_SYSTEM_LOOKUPS) return counted(name);
    return direct(name).catch((error) => {
      if (isUnknown(error)) return counted(name);
      throw error;
    });
  }

  return (name) => {
    let answer = underWay.get(name);
    if (!answer) {
      answer = resolved(name).finally(() => underWay.delete(name));
      underWay.set(name, answer);
    }
    return answer;
  };
}

async function lookedUp(name: string): Promise<string[]> {
  const found = await lookup(name, { all: true });
  return found.map(({ address }) => address);
}

function askedDirectly(): ResolveName {
  const resolver = new Resolver({ timeout: SERVER_TIMEOUT_MS, tries: 2 });
  return async (name) => {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length > 0) return addresses;
    const reasons = answers.map((answer) => (answer.status === 'rejected' ? answer.reason : undefined));
    throw reasons.find((reason) => !isUnknown(reason)) ?? reasons[0];
  };
}

/** Whether DNS says that there is no such name, or no address of it. */
function isUnknown(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ['ENOTFOUND', 'ENODATA'].includes(String(error.code));
}
