import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts'],
    pool: 'forks',
    // Room for a slow machine; no test waits for time to pass.
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
