/** `paydrill explain`: the life of one operation of a run, from its files alone. */
import { relative } from 'node:path';
import { Command } from 'commander';
import { paintFor } from '../harness/report/paint.js';
import { askRun } from './opened-run.js';
import { print } from './output.js';
import { withProductsOfRun } from './own-products.js';

interface ExplainOptions {
  readonly json: boolean;
  readonly sql: boolean;
}

export function explainCommand(): Command {
  return withProductsOfRun(
    new Command('explain')
      .description(
        "tell one operation's life: what was asked, answered and booked, under which faults",
      )
      .argument('<run folder>', 'what a drill left behind')
      .argument('<operation id>', 'a UUID, or the first digits of one')
      .option('--json', 'print it as JSON', false)
      .option('--sql', 'print the queries of the laws it breaks', false)
      .addHelpText(
        'after',
        '\nExample:\n  $ paydrill explain reports/latest 0198c2f1-5e00-7a31-8000-00000001f3a2',
      )
      .action(explain),
  );
}

async function explain(folder: string, id: string, { json, sql }: ExplainOptions): Promise<void> {
  const { explainOperation } = await import('../harness/verify/explain/explain.js');
  const { lifeText } = await import('../harness/report/life-text.js');
  await askRun({
    folder,
    ask: async (run) => {
      const life = await explainOperation(run, id);
      const page = {
        columns: process.stdout.columns ?? 100,
        paint: paintFor({ terminal: process.stdout.isTTY === true, env: process.env }),
        folder: relative('', folder) || '.',
        sql,
      };
      await print(json ? `${JSON.stringify(life, null, 2)}\n` : lifeText(life, page));
    },
  });
}
