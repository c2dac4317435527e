import { describe, expect, test } from 'vitest';
import { OPERATIONAL_TYPES } from '../../src/domain/operational.ts';
import { jsonSchemaOf, sampleOf } from '../../src/profiles/catalogue/index.ts';
import { OPERATIONAL } from '../../src/profiles/catalogue/operational.ts';
import { snippetsOf } from './markdown.ts';

const PAGE = 'docs/events.md';

describe.each(OPERATIONAL_TYPES)('%s', (type) => {
  const shown = (kind: string) =>
    snippetsOf(PAGE, kind)
      .filter(({ name }) => name === type)
      .map(({ code }) => JSON.parse(code));

  test('is shown with its sample and its schema', () => {
    expect(shown('sample')).toEqual([sampleOf(type)]);
    expect(shown('schema')).toEqual([jsonSchemaOf(type)]);
  });

  test('has a sample that its schema takes', () => {
    expect(OPERATIONAL.get(type)?.data.safeParse(sampleOf(type)).success).toBe(true);
  });
});
