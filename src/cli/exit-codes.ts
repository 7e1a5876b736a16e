/** `paydrill exit-codes`: the table of exit codes. */
import { Command } from 'commander';
import { EXIT_CODES } from '../harness/exit-codes.js';

export function exitCodesCommand(): Command {
  return new Command('exit-codes')
    .description('list the exit codes and what they mean')
    .addHelpText('after', '\nExample:\n  $ paydrill exit-codes')
    .action(() => {
      for (const { code, meaning } of Object.values(EXIT_CODES)) {
        process.stdout.write(`${String(code).padStart(3)}  ${meaning}\n`);
      }
    });
}
