/** `paydrill laws`: the invariants a run is judged by. */
import { Command } from 'commander';

export function lawsCommand(): Command {
  return new Command('laws')
    .description('list the laws a run is judged by')
    .addHelpText('after', '\nExample:\n  $ paydrill laws')
    .action(async () => {
      const { LAWS } = await import('../harness/verify/laws/registry.js');
      for (const { name, statement } of LAWS) process.stdout.write(`${name}\n  ${statement}\n`);
    });
}
