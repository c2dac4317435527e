import { defineConfig } from 'vitest/config';

/** Two cores: more workers would only wait for each other. */
const MAX_WORKERS = 2;

/** Not those about what Temporal keeps of a delivery that ends with its first attempt, nor of a recovery's own life. */
const SAME_IN_BURSTS = [
  'commands',
  'endpoint-changes',
  'fan-out',
  'faults',
  'max-concurrency',
  'misbehaving-endpoints',
  'ordered-lanes',
  'outcomes',
  'own-faults',
  'poison',
  'recovery',
  'relay',
  'resend-reschedule',
  'retention',
  'wire',
];

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: MAX_WORKERS,
    // Files share what a worker has loaded: a third of the time would go by in loading it again.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{stack,browser,faults,outside}.test.ts'],
        },
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
      {
        extends: true,
        // The console in a real browser: `npm run test:console`.
        test: {
          name: 'console',
          include: ['test/**/*.browser.test.ts'],
          globalSetup: ['test/support/stack-setup.ts', 'test/console/browser.ts'],
        },
      },
      {
        extends: true,
        // What users were promised holds as well when every first attempt goes out in a burst.
        test: {
          name: 'bursts',
          include: SAME_IN_BURSTS.map((name) => `test/e2e/${name}.stack.test.ts`),
          env: { TEST_BURSTS: 'always' },
          globalSetup: ['test/support/stack-setup.ts'],
        },
      },
      {
        extends: true,
        // Processes of the built product that are killed, and stores that go away: `npm run test:faults`.
        test: {
          name: 'faults',
          include: ['test/**/*.faults.test.ts'],
          globalSetup: ['test/support/stack-setup.ts', 'test/faults/support/built-product.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // Most of the time goes by in waiting.
          maxConcurrency: 3,
        },
      },
      {
        extends: true,
        // Judges that are no part of this project, from PyPI: `npm run test:outside`.
        test: {
          name: 'outside',
          include: ['test/outside/*.outside.test.ts'],
          globalSetup: ['test/support/stack-setup.ts', 'test/outside/python-judges.ts'],
        },
      },
    ],
  },
});
