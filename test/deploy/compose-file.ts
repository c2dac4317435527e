import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export interface Service {
  image: string;
  command?: string[];
  profiles?: string[];
  container_name?: string;
  environment?: Record<string, string>;
  ports?: string[];
  volumes?: string[];
  networks: string[];
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  stop_grace_period?: string;
  restart: string;
}

interface ComposeFile {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean } | null>;
  volumes: Record<string, unknown>;
}

/** `${NAME:?words}` stops compose without NAME; `${NAME:-default}` goes on. */
export const VARIABLE = /\$\{([A-Z_]+)(?:(:[?-])([^}]*))?\}/g;

export function readProjectFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

export const composeText = readProjectFile('docker-compose.yml');
export const compose: ComposeFile = parse(composeText, { merge: true });

export function serviceNamed(name: string): Service {
  const service = compose.services[name];
  if (!service) throw new Error(`docker-compose.yml has no service ${name}`);
  return service;
}

/** Whether another service waits for this one to end well. */
export function isOneShot(name: string): boolean {
  return Object.values(compose.services).some(
    ({ depends_on }) => depends_on?.[name]?.condition === 'service_completed_successfully',
  );
}

/** What compose makes of a text, given the variables of `.env`. */
export function interpolate(text: string, variables: Record<string, string> = {}): string {
  return text.replace(VARIABLE, (whole, name: string, operator?: string, words = '') => {
    const value = variables[name];
    if (value) return value;
    if (operator === ':-') return words;
    throw new Error(`${whole} has no value`);
  });
}
