/**
 * `paydrill query`: asks SQL of a run folder: journal, books, faults and metrics as tables. It only reads: a statement that would
 * change something, and a query that reaches for other files, is refused. Ctrl-C and --timeout stop it at once.
 */
import { text } from 'node:stream/consumers';
import { Command, Option } from 'commander';
import { askRun } from './opened-run.js';
import { positiveNumber } from './option-values.js';
import { print } from './output.js';
import { withProductsOfRun } from './own-products.js';
import { FORMATS, type Format, rowsText } from './rows.js';

interface QueryOptions {
  readonly format?: Format;
  readonly timeout?: number;
}

export function queryCommand(): Command {
  return withProductsOfRun(
    new Command('query')
      .description('ask SQL of a run folder: journal, books, faults and metrics as tables')
      .argument('<run folder>', 'what a drill left behind')
      .argument(
        '<sql>',
        "one statement that reads, in DuckDB's SQL; - takes it from standard input",
      )
      .addOption(
        new Option(
          '--format <format>',
          'how rows are printed; in json 64-bit integers and decimals are strings (default: table on a terminal, else csv)',
        ).choices(FORMATS),
      )
      .option('--timeout <seconds>', 'stop the query after so many seconds', positiveNumber)
      .addHelpText(
        'after',
        [
          '',
          'Examples:',
          '  $ paydrill query reports/latest "show tables"',
          `  $ paydrill query reports/latest "select kind, outcome, count(*) from journal group by all"`,
          '  $ paydrill laws --sql no-lost-ack | paydrill query reports/latest -',
        ].join('\n'),
      )
      .action(query),
  );
}

async function query(folder: string, given: string, options: QueryOptions): Promise<void> {
  const sql = given === '-' ? await text(process.stdin) : given;
  const { format = process.stdout.isTTY ? 'table' : 'csv', timeout } = options;
  await askRun({
    folder,
    ...(timeout === undefined ? {} : { timeoutS: timeout }),
    ask: async ({ database }) => {
      for await (const piece of rowsText(await database.read(sql), format)) {
        await print(piece);
        // Who read it has left (`| head`): nobody wants the rest.
        if (process.stdout.destroyed) return;
      }
    },
  });
}
