/** `paydrill supervise` (hidden): the process that starts, breaks and ends the others for a drill. */
import { Command } from 'commander';

export function superviseCommand(): Command {
  return new Command('supervise')
    .description('start, kill, pause and restart processes for a drill')
    .addHelpText('after', '\nExample:\n  $ paydrill supervise')
    .action(async () => {
      const { runSupervisor } = await import('../harness/faults/supervisor.js');
      await runSupervisor();
    });
}
