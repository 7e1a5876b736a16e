/** SIGSTOP: the process stands still, its sockets stay open and fill; healing lets it go on (SIGCONT). */
import type { ProcessFaultKind } from '../fault.js';

export const pause: ProcessFaultKind = {
  kind: 'pause',
  on: 'process',
  meaning: 'stops the process (SIGSTOP) and lets it go on (SIGCONT)',
  create: ({ process, id }) => ({
    apply: () => process.hold(id, 'still'),
    heal: () => process.release(id),
  }),
};
