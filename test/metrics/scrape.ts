/** What `/metrics` answered. */
export interface Scraped {
  text: string;
  /** By name, those without a value too. */
  types: Map<string, string>;
  /** The value of a series, its labels in any order; undefined when there is none. */
  value(name: string, labels?: Record<string, string>): number | undefined;
}

export async function scrape(url: string): Promise<Scraped> {
  const response = await fetch(`${url}/metrics`);
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}`);
  return parsed(await response.text());
}

export function parsed(text: string): Scraped {
  const types = new Map<string, string>();
  for (const [, name = '', type = ''] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) types.set(name, type);
  const values = new Map<string, number>();
  for (const [, name = '', labels = '', value] of text.matchAll(/^([a-z_]\w*)(?:\{(.*)\})? (\S+)$/gm)) {
    const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', of = '']) => [key, of] as const);
    values.set(series(name, pairs), Number(value));
  }
  return {
    text,
    types,
    value: (name, labels = {}) => values.get(series(name, Object.entries(labels))),
  };
}

function series(name: string, labels: (readonly [string, string])[]): string {
  return JSON.stringify([name, ...labels.toSorted(([a], [b]) => (a < b ? -1 : 1))]);
}
