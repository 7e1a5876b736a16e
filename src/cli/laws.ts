/** `paydrill laws`: the invariants a run is judged by. */
import { Command } from 'commander';
import { outdented } from '../harness/report/format.js';
import { UserError } from '../harness/user-error.js';
import { print } from './output.js';

export function lawsCommand(): Command {
  return new Command('laws')
    .description('list the laws a run is judged by')
    .option('--sql <name>', 'print the query of one: it returns whatever breaks the law')
    .addHelpText('after', '\nExamples:\n  $ paydrill laws\n  $ paydrill laws --sql no-lost-ack')
    .action(async ({ sql }: { readonly sql?: string }) => print(await textOf(sql)));
}

async function textOf(name: string | undefined): Promise<string> {
  const { LAWS } = await import('../harness/verify/laws/registry.js');
  if (name !== undefined) {
    const law = LAWS.find((one) => one.name === name);
    if (law === undefined)
      throw new UserError(`there is no law '${name}'; 'paydrill laws' lists them`);
    return `-- ${law.statement}\n${outdented(law.sql)}\n`;
  }
  const { PROMISES } = await import('../harness/verify/promises.js');
  return LAWS.map(({ name: one, statement, needs, tests, onlyAtRest }) => {
    const when = onlyAtRest ? ', once it is at rest' : '';
    const terms = `asked of targets that promise that ${PROMISES[tests].words}${when}; needs ${needs}`;
    return `${one}\n  ${statement}\n  ${terms}\n`;
  }).join('');
}
