/** `paydrill laws`: the invariants a run is judged by. */
import { Command } from 'commander';
import { print } from './output.js';

export function lawsCommand(): Command {
  return new Command('laws')
    .description('list the laws a run is judged by')
    .option('--sql <name>', 'print the query of one: it returns whatever breaks the law')
    .option('--neutral', 'with --sql: as it is asked of the books of a target file', false)
    .addHelpText('after', '\nExamples:\n  $ paydrill laws\n  $ paydrill laws --sql no-lost-ack')
    .action(async ({ sql, neutral }: Options) => print(await textOf(sql, neutral)));
}

interface Options {
  readonly sql?: string;
  readonly neutral: boolean;
}

async function textOf(name: string | undefined, isNeutral: boolean): Promise<string> {
  if (name !== undefined) {
    const { lawText } = await import('./law-text.js');
    return lawText(name, isNeutral);
  }
  const { LAWS, LINE_LAWS } = await import('../harness/verify/laws/registry.js');
  const { PROMISES } = await import('../harness/verify/promises.js');
  const { LIST_LAW } = await import('../harness/verify/lists/list-law.js');
  const ofLists = `${LIST_LAW.name}\n  ${LIST_LAW.statement}\n  asked of scripts that tell k6/x/lists what they did\n`;
  const ofLedgers = [...LAWS, ...LINE_LAWS].map((law) => {
    const { name: one, statement, needs, tests, onlyAtRest } = law;
    const line = LINE_LAWS.includes(law) ? ', where a risk engine was in line' : '';
    const when = onlyAtRest ? ', once it is at rest' : '';
    const terms = `asked of targets that promise that ${PROMISES[tests].words}${when}${line}; needs ${needs}`;
    return `${one}\n  ${statement}\n  ${terms}\n`;
  });
  return [...ofLedgers, ofLists].join('');
}
