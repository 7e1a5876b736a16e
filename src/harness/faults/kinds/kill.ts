/** SIGKILL: what the process had in memory is gone. Healing starts it again on the address it had. */
import type { ProcessFaultKind } from '../fault.js';

export const kill: ProcessFaultKind = {
  kind: 'kill',
  on: 'process',
  meaning: 'kills the process (SIGKILL) and starts it again',
  create: ({ process, id }) => ({
    apply: () => process.hold(id, 'down'),
    heal: () => process.release(id),
  }),
};
