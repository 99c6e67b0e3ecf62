import { defineConfig } from 'vitest/config'

// Machines of two cores are the aim; more workers than that only make tests slower and their timings lie.
const maxWorkers = 2
const never = ['**/node_modules/**', '**/dist/**', '**/.cache/**']
const services = ['packages/server/src/adapters/postgres/**/*.test.ts', 'packages/*/src/**/*.services.test.ts']

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', './tooling/tests/summary-reporter.ts'],
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts', 'architecture/**/*.ts', 'tooling/**/*.ts'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['packages/*/src/**/*.test.{ts,tsx}', '{architecture,tooling,bootstrap,bench}/**/*.test.ts'],
          exclude: [...never, ...services],
        },
      },
      {
        // Tests that need a program of their own beside us (PostgreSQL); WATCHFLOOR_TEST_DATABASE_URL says where.
        extends: true,
        test: { name: 'services', include: services, exclude: never, fileParallelism: false, testTimeout: 60_000 },
      },
      {
        // A real server and a real browser.
        extends: true,
        test: {
          name: 'e2e',
          include: ['e2e/**/*.test.ts'],
          exclude: never,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          expect: { poll: { timeout: 10_000 } },
        },
      },
    ],
  },
})
