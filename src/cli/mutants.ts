/** `paydrill mutants`: the bugs that `run --mutant` plants, each with the law that catches it. */
import { Command } from 'commander';
import { MUTANTS } from '../wire/mutants.js';

export function mutantsCommand(): Command {
  return new Command('mutants')
    .description('list the bugs that can be planted in the reference stack')
    .addHelpText('after', '\nExample:\n  $ paydrill mutants')
    .action(() => {
      for (const [name, { bug, law, exposedBy }] of Object.entries(MUTANTS)) {
        process.stdout.write(`${name}\n  ${bug}\n  caught by ${law}; exposed by ${exposedBy}\n`);
      }
    });
}
