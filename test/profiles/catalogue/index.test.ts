import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { EVENT_TYPE } from '../../../src/domain/subscription.ts';
import {
  CATALOGUE,
  jsonSchemaOf,
  profilesReceiving,
  sampleOf,
  typesOf,
} from '../../../src/profiles/catalogue/index.ts';
import { SELGORA_EXAMPLES } from '../selgora-examples.ts';

const SELGORA_NAMES =
  'order.created order.completed order.refunded contact.created contact.updated contact.deleted subscription.created subscription.updated subscription.cancelled course.enrolled course.completed lesson.completed email.sent email.opened email.clicked'.split(
    ' ',
  );
const SELZ_NAMES =
  'blog_post_created blog_post_updated blog_post_deleted category_created category_updated category_deleted customer_created customer_updated customer_deleted discount_created discount_updated discount_deleted order_payment_succeeded order_completed product_created product_updated product_deleted product_soldout product_variant_soldout'.split(
    ' ',
  );

const ajv = new Ajv2020({ strict: true, allErrors: true });
addFormats.default(ajv);

function matchesJsonSchema(type: string, data: unknown): string {
  const valid = ajv.validate(jsonSchemaOf(type) ?? false, data);
  return valid ? 'valid' : ajv.errorsText();
}

describe('the catalogues', () => {
  it('hold the 15 types of Selgora and the 19 of Selz, each once', () => {
    expect(typesOf('selgora').map(({ name }) => name)).toEqual(SELGORA_NAMES);
    expect(typesOf('selz').map(({ name }) => name)).toEqual(SELZ_NAMES);
    expect(SELGORA_NAMES).toHaveLength(15);
    expect(SELZ_NAMES).toHaveLength(19);
    expect(CATALOGUE.size).toBe(34);
  });

  it('give a standard endpoint the types of both products', () => {
    expect(typesOf('standard').map(({ name }) => name)).toEqual([...SELGORA_NAMES, ...SELZ_NAMES]);
  });

  it.each([
    ['order.completed', ['selgora', 'standard']],
    ['order_completed', ['selz', 'standard']],
    ['invoice.paid', ['standard']],
    ['constructor', ['standard']],
  ])('say which profiles receive %s', (type, profiles) => {
    expect(profilesReceiving(type)).toEqual(profiles);
  });

  it('have neither schema nor sample for a free type', () => {
    expect(jsonSchemaOf('invoice.paid')).toBeUndefined();
    expect(sampleOf('invoice.paid')).toBeUndefined();
  });
});

describe.each([...CATALOGUE.values()])('$name', ({ name, description, data, sample }) => {
  it('has a well-formed name and one line of description', () => {
    expect(name).toMatch(EVENT_TYPE);
    expect(description).toMatch(/^[A-Z].{10,98}\.$/);
  });

  it('has a sample that both its schemas accept, unchanged', () => {
    expect(data.parse(sample)).toEqual(sample);
    expect(matchesJsonSchema(name, sample)).toBe('valid');
    expect(sampleOf(name)).toBe(sample);
  });

  it('takes further fields', () => {
    const more = { ...sample, extra: { deep: [1] } };
    expect(data.safeParse(more).success).toBe(true);
    expect(matchesJsonSchema(name, more)).toBe('valid');
  });

  it('has a JSON Schema that requires what ingest requires', () => {
    const required = jsonSchemaOf(name)?.required as string[];
    expect(required.length).toBeGreaterThan(0);
    for (const field of Object.keys(sample)) {
      const { [field]: _, ...rest } = sample;
      expect([field, data.safeParse(rest).success]).toEqual([field, !required.includes(field)]);
    }
    expect(jsonSchemaOf(name)).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name,
      description,
      type: 'object',
    });
  });

  it('reads null as absent in optional fields', () => {
    const required = jsonSchemaOf(name)?.required as string[];
    const sparse = Object.fromEntries(
      Object.entries(sample).map(([field, value]) => [field, required.includes(field) ? value : null]),
    );
    expect(data.safeParse(sparse).success).toBe(true);
    expect(matchesJsonSchema(name, sparse)).toBe('valid');
  });
});

describe("the products' own payloads and handlers", () => {
  it.each(SELGORA_EXAMPLES)("accepts Selgora's example of %s as it stands", (type, example) => {
    expect(CATALOGUE.get(type)?.data.safeParse(example)).toMatchObject({ success: true, data: example });
    expect(matchesJsonSchema(type, example)).toBe('valid');
  });

  it("has a sample for each field that Selgora's examples show", () => {
    for (const [type, example] of SELGORA_EXAMPLES) {
      expect(Object.keys(sampleOf(type) ?? {})).toEqual(expect.arrayContaining(Object.keys(example)));
    }
  });

  it('has in its samples what the example handlers read', () => {
    expect(sampleOf('order.completed')).toMatchObject({
      customer_email: expect.any(String),
      amount: expect.any(Number),
      products: expect.arrayContaining([
        { id: expect.any(String), name: expect.any(String), price: expect.any(Number) },
      ]),
    });
    expect(sampleOf('course.completed')).toMatchObject({
      contact_email: expect.any(String),
      course_name: expect.any(String),
      completed_at: expect.any(String),
    });
    for (const { sample } of typesOf('selgora'))
      expect(sample).toHaveProperty('contact_id', expect.any(String));
    for (const { sample } of typesOf('selz')) expect(sample).toHaveProperty('id', expect.any(String));
  });
});
