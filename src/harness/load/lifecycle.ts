/**
 * Runs a script's setup() or teardown() as VU 0, for as long as its option allows (`setupTimeout`, `teardownTimeout`).
 * Whatever ends it early becomes one line that says where. Refuses to know what the data are for.
 */

import type { VirtualUsers } from '../compile/virtual-users.js';
import type { Plan } from '../options/plan.js';

/** Resolves with what the function returns; rejects with an Error of one line. */
export async function runLifecycle(
  name: 'setup' | 'teardown',
  options: {
    readonly plan: Plan;
    /** Init code runs here, so this may throw too. */
    readonly users: () => VirtualUsers;
    readonly argument: unknown;
  },
): Promise<unknown> {
  const users = options.users();
  const { setupTimeoutUs, teardownTimeoutUs } = options.plan;
  const timeoutUs = name === 'setup' ? setupTimeoutUs : teardownTimeoutUs;
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    const line = `${name}() took longer than ${timeoutUs / 1e6} s (option ${name}Timeout)`;
    timer = setTimeout(() => reject(new Error(line)), timeoutUs / 1000);
  });
  const ran = users
    .create(0)
    .runLifecycle(name, options.argument)
    .catch((cause: unknown) => {
      throw new Error(`${name}() threw at ${users.describe(cause)}`, { cause });
    });
  try {
    return await Promise.race([ran, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
