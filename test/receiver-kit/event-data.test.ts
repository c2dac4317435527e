import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { version } from '../../package.json';
// @ts-expect-error: a script, which has no types.
import { eventDataText } from '../../packages/receiver/generate.mjs';
import receiver from '../../packages/receiver/package.json';

test('the types of data are those of the catalogues: if not, npm run generate in packages/receiver', async () => {
  const written = readFileSync(new URL('../../packages/receiver/src/event-data.ts', import.meta.url), 'utf8');
  expect(written).toBe(await eventDataText());
});

test("the kit has the product's version, and needs nothing", () => {
  expect(receiver).toMatchObject({ version });
  expect(Object.keys(receiver).filter((key) => /dependencies/i.test(key))).toEqual([]);
});
