import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    // Import CommonJS packages the way Node does, so that the tests run what dist runs.
    deps: { interopDefault: false },
    testTimeout: 60_000,
    // vitest leaves one core free by default, which on a machine of two leaves one.
    maxWorkers: 2,
  },
});
