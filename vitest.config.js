import { availableParallelism } from 'node:os';
import { configDefaults, defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** They measure how fast something is, or how true to its schedule: nothing runs beside them. */
const ALONE = [
  'src/tests/{capacity,compare,executors}.test.ts',
  'src/harness/campaign/**/*.test.ts',
];

/** Whole drills begin first: none of the long ones is left to run by itself at the end. */
class DrillsFirst extends BaseSequencer {
  async sort(files) {
    const sorted = await super.sort(files);
    const isDrill = ({ moduleId }) => moduleId.includes('/src/tests/');
    return [...sorted.filter(isDrill), ...sorted.filter((file) => !isDrill(file))];
  }
}

export default defineConfig({
  test: {
    pool: 'forks',
    // Room for a slow machine with something else to do; no test waits for time to pass.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: DrillsFirst },
    projects: [
      {
        extends: true,
        test: {
          name: 'beside others',
          include: ['src/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...ALONE],
          // A drill waits for processes to start, for time to pass, for one thread to end: another one fills what that leaves idle.
          maxWorkers: Math.max(2, availableParallelism() - 1),
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: ALONE,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
