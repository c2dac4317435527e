import openapiTS, { astToString } from 'openapi-typescript';

const HEAD = `// Made from the OpenAPI document by \`npm run client\`; changes belong into the contracts in src/api.
`;

/** The types of an OpenAPI document, as TypeScript. */
export async function typesOf(document: object): Promise<string> {
  // A copy, for the generator resolves references in place.
  const nodes = await openapiTS(structuredClone(document) as Parameters<typeof openapiTS>[0], {
    emptyObjectsUnknown: true,
  });
  return HEAD + astToString(nodes);
}
