/** `paydrill laws`: the invariants a run is judged by. */
import { Command } from 'commander';

export function lawsCommand(): Command {
  return new Command('laws')
    .description('list the laws a run is judged by')
    .addHelpText('after', '\nExample:\n  $ paydrill laws')
    .action(async () => {
      const { LAWS } = await import('../harness/verify/laws/registry.js');
      const { PROMISES } = await import('../harness/verify/promises.js');
      for (const { name, statement, needs, tests, onlyAtRest } of LAWS) {
        const when = onlyAtRest ? ', once it is at rest' : '';
        const terms = `asked of targets that promise that ${PROMISES[tests].words}${when}; needs ${needs}`;
        process.stdout.write(`${name}\n  ${statement}\n  ${terms}\n`);
      }
    });
}
