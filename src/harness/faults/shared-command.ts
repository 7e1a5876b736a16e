/** One command under any number of faults at once: what it breaks is broken while somebody holds it. One step is taken at a time. */
import type { CommandHandle, SharedCommand } from './fault.js';
import { InTurn } from './in-turn.js';

export function shareCommand(handle: CommandHandle): SharedCommand {
  const holders = new Set<string>();
  const steps = new InTurn();
  let isApplied = false;
  return {
    hold: (holder) => {
      holders.add(holder);
      return steps.do(async () => {
        if (isApplied) return;
        // One that failed half-way may have broken something: it is healed all the same.
        isApplied = true;
        await handle.apply();
      });
    },
    release: (holder) => {
      holders.delete(holder);
      return steps.do(async () => {
        if (holders.size > 0 || !isApplied) return;
        await handle.heal();
        isApplied = false;
      });
    },
  };
}
