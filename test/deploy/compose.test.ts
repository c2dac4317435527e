import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compose, composeText, interpolate, isOneShot, serviceNamed, VARIABLE } from './compose-file.ts';

const services = Object.entries(compose.services);
const SECRET = /PASSWORD|PWD|KEY/;

describe('docker-compose.yml', () => {
  it('requires every password and key, and says how to make it', () => {
    const variables = [...composeText.matchAll(VARIABLE)];
    const secrets = variables.filter(([, name = '']) => SECRET.test(name));
    expect(secrets.length).toBeGreaterThan(0);
    for (const [whole] of secrets) expect(whole).toMatch(/:\?.*make-env/);
    for (const [whole, name = ''] of variables) if (!SECRET.test(name)) expect(whole).toContain(':-');
  });

  it.each(services)('has no password or key written into it: %s', (_name, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment))
      if (SECRET.test(name)) expect(value).toMatch(/^\$\{[A-Z_]+:\?[^}]+\}$/);
    for (const value of Object.values(environment)) expect(value).not.toMatch(/:\/\/[^:/]*:(?!\$\{)[^@/]+@/);
  });

  it.each(services)('checks the health of what keeps running: %s', (name, service) => {
    expect(service.healthcheck !== undefined).toBe(!isOneShot(name));
    expect(service.restart).toBe(isOneShot(name) ? 'on-failure:10' : 'unless-stopped');
  });

  it('publishes the API and the Temporal Web UI, by default to this host alone', () => {
    const published = services.flatMap(([name, { ports = [] }]) =>
      ports.map((port) => [name, interpolate(port)]),
    );
    expect(published).toEqual([
      ['temporal-ui', '127.0.0.1:8080:8080'],
      ['api', '127.0.0.1:3000:3000'],
      ['prometheus', '127.0.0.1:9090:9090'],
      ['grafana', '127.0.0.1:3001:3000'],
    ]);
  });

  it('lets the stores reach nothing outside, and nothing outside reach them', () => {
    expect(compose.networks.inside?.internal).toBe(true);
    const outside = services.filter(([, { networks }]) => networks.includes('outside')).map(([name]) => name);
    expect(outside).toEqual(['temporal-ui', 'api', 'worker', 'prometheus', 'grafana']);
  });

  it.each(['api', 'worker'])('can run several of %s', (name) => {
    const { container_name, volumes } = serviceNamed(name);
    expect(container_name).toBeUndefined();
    expect(volumes).toBeUndefined();
  });

  it('gives a stopping worker more than the 35 s in which POSTs under way are finished', () => {
    expect(Number.parseInt(serviceNamed('worker').stop_grace_period ?? '', 10)).toBeGreaterThanOrEqual(40);
  });

  it('starts each part when what it needs is there', () => {
    const waitsFor = Object.fromEntries(
      services.map(([name, { depends_on = {} }]) => [
        name,
        Object.entries(depends_on).map(([other, { condition }]) => `${other} ${condition}`),
      ]),
    );
    expect(waitsFor).toEqual({
      postgres: [],
      'temporal-schema': ['postgres service_healthy'],
      temporal: ['temporal-schema service_completed_successfully'],
      'temporal-namespace': ['temporal service_healthy'],
      'temporal-ui': ['temporal service_healthy'],
      migrate: ['postgres service_healthy', 'temporal-namespace service_completed_successfully'],
      api: ['migrate service_completed_successfully'],
      worker: ['migrate service_completed_successfully'],
      prometheus: [],
      grafana: ['prometheus service_healthy'],
    });
  });

  it('mounts files that are there, and volumes that have names', () => {
    for (const [, { volumes = [] }] of services)
      for (const volume of volumes) {
        const [source = ''] = volume.split(':');
        if (source.startsWith('./')) {
          expect(existsSync(new URL(`../../${source}`, import.meta.url)), source).toBe(true);
          expect(volume).toMatch(/:ro$/);
        } else expect(Object.keys(compose.volumes)).toContain(source);
      }
  });

  it('starts Prometheus and Grafana for those alone who ask for them', () => {
    const asked = services.filter(([, { profiles }]) => profiles !== undefined);
    expect(asked.map(([name, { profiles }]) => [name, profiles])).toEqual([
      ['prometheus', ['monitoring']],
      ['grafana', ['monitoring']],
    ]);
    for (const [, { depends_on = {} }] of services.filter(([, { profiles }]) => !profiles))
      for (const other of Object.keys(depends_on)) expect(serviceNamed(other).profiles).toBeUndefined();
  });

  it('pins every image, and runs one version of Temporal', () => {
    for (const [, { image }] of services) expect(image).toMatch(/^[a-z/-]+:(?!latest)./);
    const versionOf = (name: string) => serviceNamed(name).image.split(':')[1];
    expect(versionOf('temporal-schema')).toBe(versionOf('temporal'));
    expect(versionOf('temporal-namespace')).toBe(versionOf('temporal'));
  });
});
