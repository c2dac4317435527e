import { defineConfig } from 'vitest/config';

/** Two cores: more workers would only wait for each other. */
const MAX_WORKERS = 2;

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: MAX_WORKERS,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/**/*.stack.test.ts'] },
      },
      {
        extends: true,
        // Tests that need PostgreSQL or Temporal: both are started once, and only when such a test runs.
        test: {
          name: 'stack',
          include: ['test/**/*.stack.test.ts'],
          globalSetup: ['test/support/stack-setup.ts'],
        },
      },
    ],
  },
});
