import { expect, test } from 'vitest';
import { typesOf } from '../../packages/client/generate.ts';
import { openApiDocument } from '../../src/api/openapi.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { VERSION } from '../../src/version.ts';

test("the client's types are those of the contracts (`npm run client` makes them again)", async () => {
  const types = await typesOf(openApiDocument(ROUTES, VERSION));
  await expect(types).toMatchFileSnapshot('../../packages/client/src/api.ts');
});
