import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { processMetrics } from '../../src/metrics/exposition.ts';
import { textOf } from '../docs/markdown.ts';
import { parsed } from '../metrics/scrape.ts';
import { readProjectFile, serviceNamed } from './compose-file.ts';

interface Rule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: Record<string, string>;
}

interface Panel {
  id: number;
  type: string;
  title: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}

const rules: Rule[] = parse(readProjectFile('deploy/prometheus/alerts.yml')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
);
const dashboard: { panels: Panel[]; uid: string } = JSON.parse(
  readProjectFile('deploy/grafana/posthaste.json'),
);
const queries = dashboard.panels.flatMap(({ title, targets = [] }) =>
  targets.map(({ expr }) => [title, expr] as const),
);

/** With their labels, as documented; that all of these are served, another test looks (test/metrics). */
const ours = new Map(
  [...textOf('docs/operating.md').matchAll(/^\| `(posthaste_\w+)` +\| (\w+) +\| (.*?) *\|/gm)].map(
    ([, name = '', type = '', labels = '']) => [
      name,
      { type, words: new Set([...labels.matchAll(/`(\w+)`/g)].map(([, word = '']) => word)) },
    ],
  ),
);

/** Names in a PromQL expression that stand before a selector: neither functions nor labels. */
function metricsIn(expr: string): string[] {
  const bare = expr
    .replace(/"[^"]*"/g, '')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\b(?:by|without|on|ignoring) *\([^)]*\)/g, '');
  return [...bare.matchAll(/\b([a-z]\w*_\w+|up)\b(?! *\()/gi)].map(([, name = '']) => name);
}

/** A histogram is asked for by the names of its parts. */
function documented(metric: string) {
  const whole = ours.get(metric.replace(/_(?:bucket|sum|count)$/, ''));
  return whole?.type === 'histogram' ? whole : ours.get(metric);
}

async function expectServed(expr: string): Promise<void> {
  const { types } = parsed(await processMetrics());
  const used = metricsIn(expr);
  expect(used.length, expr).toBeGreaterThan(0);
  for (const metric of used)
    expect(metric === 'up' || types.has(metric) || documented(metric) !== undefined, metric).toBe(true);
}

/** Label values that are asked for, of metrics whose values are documented. */
function expectKnownLabels(expr: string): void {
  for (const [, metric = '', selector = ''] of expr.matchAll(/(posthaste_\w+)\{([^}]*)\}/g))
    for (const [, label = '', values = ''] of selector.matchAll(/(\w+)(?:=~|!=|=)"([^"]*)"/g)) {
      const words = documented(metric)?.words ?? new Set();
      expect(words, `${metric} ${label}`).toContain(label);
      if (label === 'state' || label === 'status') {
        if (!metric.startsWith('posthaste_http'))
          for (const value of values.split('|')) expect(words, `${metric} ${label}`).toContain(value);
      }
    }
}

describe('deploy/prometheus/alerts.yml', () => {
  it('has names of its own, a severity, and says of each what it means and what to do', () => {
    expect(rules.length).toBeGreaterThan(10);
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const { alert, labels, annotations } of rules) {
      expect(alert).toMatch(/^Posthaste[A-Z]/);
      expect(['critical', 'warning', 'info']).toContain(labels.severity);
      for (const name of ['summary', 'description', 'runbook'])
        expect(annotations[name]?.length, `${alert} ${name}`).toBeGreaterThan(20);
    }
  });

  it.each(rules.map(({ alert, expr }) => [alert, expr]))('%s asks for what is served', async (_, expr) => {
    await expectServed(expr);
    expectKnownLabels(expr);
  });

  it('names metrics in its words that are served, too', async () => {
    for (const { annotations } of rules)
      for (const [name] of Object.values(annotations)
        .join(' ')
        .matchAll(/\b(?:posthaste|nodejs)_\w+/g))
        await expectServed(name);
  });
});

describe('deploy/grafana/posthaste.json', () => {
  it.each(queries)('“%s” asks for what is served', async (_, expr) => {
    await expectServed(expr);
    expectKnownLabels(expr);
  });

  it('shows every metric that is documented', () => {
    const shown = new Set(queries.flatMap(([, expr]) => metricsIn(expr)));
    for (const [name, { type }] of ours)
      expect(
        type === 'histogram' ? shown.has(`${name}_bucket`) || shown.has(`${name}_count`) : shown.has(name),
        name,
      ).toBe(true);
  });

  it('has panels that do not overlap, and asks the datasource that is chosen', () => {
    expect(new Set(dashboard.panels.map(({ id }) => id)).size).toBe(dashboard.panels.length);
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, n) => `${x + (n % w)} ${y + Math.floor(n / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { type, datasource } of dashboard.panels)
      if (type !== 'row') expect(datasource?.uid).toMatch(/^\$\{datasource\}$/);
  });
});

describe('docker compose --profile monitoring', () => {
  it('gives Prometheus and Grafana these files, where they look for them', () => {
    const { rule_files, scrape_configs } = parse(readProjectFile('deploy/prometheus/prometheus.yml'));
    const mounted = (name: string) => (serviceNamed(name).volumes ?? []).map((volume) => volume.split(':'));
    expect(mounted('prometheus')).toContainEqual(['./deploy/prometheus/alerts.yml', rule_files[0], 'ro']);
    const [{ job_name, dns_sd_configs }] = scrape_configs;
    expect(job_name).toBe('posthaste');
    for (const name of dns_sd_configs[0].names) expect(serviceNamed(name).command).toEqual([name]);

    const [{ options }] = parse(readProjectFile('deploy/grafana/dashboards.yml')).providers;
    const home = serviceNamed('grafana').environment?.GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH;
    expect(home).toBe(`${options.path}/posthaste.json`);
    expect(mounted('grafana')).toContainEqual(['./deploy/grafana/posthaste.json', home, 'ro']);
    const [{ url }] = parse(readProjectFile('deploy/grafana/datasource.yml')).datasources;
    expect(url).toBe('http://prometheus:9090');
  });
});
