/** `paydrill keep` (hidden): a program of somebody's, started for a drill, that ends with it. */
import { Command } from 'commander';
import type { KeptProcess } from '../harness/faults/kept-process.js';
import { started } from './errors.js';

export function keepCommand(): Command {
  return new Command('keep')
    .description('run a program of somebody, which ends with the standard input of this')
    .requiredOption('--name <name>', 'as messages call it')
    .argument('<json>', 'what to run, and how it is seen to be ready')
    .addHelpText(
      'after',
      '\nExample:\n  $ paydrill keep --name web \'{"command": ["node", "web.js"]}\'',
    )
    .action(async (json: string, { name }: { readonly name: string }) => {
      const { keepProcess } = await import('../harness/faults/kept-process.js');
      const kept: KeptProcess = JSON.parse(json);
      await started(name, () => keepProcess(kept));
    });
}
