import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SEARCH_ATTRIBUTES } from '../../workflows/messages.ts';
import { compose, composeText, isOneShot, readProjectFile, serviceNamed } from './compose-file.ts';

const guide = readProjectFile('docs/operators.md');
const settingsTable = guide.slice(guide.indexOf('## Settings'), guide.indexOf('## Roles and scaling'));
const documented = new Set(
  settingsTable
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => name)),
);
/** The keys of the settings' schema. */
const ours = [...readProjectFile('src/config.ts').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
  ([, name = '']) => name,
);

describe('docs/operators.md', () => {
  it('lists every setting that the program reads, and no other of ours', () => {
    expect(ours).toContain('DATABASE_URL');
    for (const name of ours) expect(documented).toContain(name);
    for (const name of documented) if (!name.startsWith('TEMPORAL_')) expect(ours).toContain(name);
  });

  it.each(['migrate', 'api', 'worker'])('lists every setting that docker-compose.yml gives to %s', (role) => {
    for (const name of Object.keys(serviceNamed(role).environment ?? {})) expect(documented).toContain(name);
  });

  it('names every service of docker-compose.yml, and gives its steps as plain commands', () => {
    for (const name of Object.keys(compose.services)) expect(guide).toContain(`\`${name}\``);
    for (const name of Object.keys(compose.services).filter(isOneShot)) {
      const [program, argument = ''] = serviceNamed(name).command ?? [];
      const plain =
        program === 'sh' ? argument.replace('/deploy/', 'sh deploy/temporal/') : `posthaste.js ${program}`;
      expect(guide).toContain(plain);
    }
  });

  it('builds the same version of Temporal that docker-compose.yml runs', () => {
    const builds = [
      ['temporal', /go\.temporal\.io\/server\/\S+@v(\S+)/g],
      ['temporal-ui', /github\.com\/temporalio\/ui-server\/\S+@v(\S+)/g],
    ] as const;
    for (const [name, build] of builds)
      expect(new Set([...guide.matchAll(build)].map(([, version]) => version))).toEqual(
        new Set([serviceNamed(name).image.split(':')[1]]),
      );
  });

  it('gives the Temporal server the settings that docker-compose.yml gives it', () => {
    for (const name of Object.keys(serviceNamed('temporal').environment ?? {}))
      expect(guide).toContain(`${name}=`);
  });

  it('tells who has a Temporal server what it needs: settings, and search attributes with their types', () => {
    const ours = readProjectFile('deploy/temporal/dynamicconfig.yaml');
    const settings = [...ours.matchAll(/^((?:matching|frontend)\.\w+):\n {2}- value: (.+)$/gm)];
    expect(settings.length).toBeGreaterThan(1);
    for (const [, name, value] of settings) expect(guide).toContain(`\`${name}=${value}\``);
    for (const { name, type } of SEARCH_ATTRIBUTES)
      expect(guide).toMatch(new RegExp(`^\\|[^|]*\`${name}\`[^|]*\\| ${type} +\\|`, 'm'));
  });

  it('links to files that are there, and shows defaults that compose has', () => {
    for (const [, target = ''] of guide.matchAll(/\]\(((?:\.\.\/|[\w-]+\.md)[^)#]*)/g))
      expect(existsSync(new URL(`../../docs/${target}`, import.meta.url)), target).toBe(true);
    for (const [, name, value] of guide.matchAll(/`(TEMPORAL_RETENTION|TEMPORAL_HISTORY_SHARDS)` \((\w+)\)/g))
      expect(composeText).toContain(`\${${name}:-${value}}`);
  });
});
