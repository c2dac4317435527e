import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KNOWN_SETTINGS, ROLES, readConfig } from '../../src/config.ts';
