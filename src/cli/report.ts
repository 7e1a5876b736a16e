/** `paydrill report`: the page of a finished run, served until a signal. The run folder is only read. */
import { Command } from 'commander';
import { withProductsOfRun } from './own-products.js';
import { PAGE_PORT, pageOption } from './page-option.js';
import { untilSignal } from './signals.js';

export function reportCommand(): Command {
  return withProductsOfRun(
    new Command('report')
      .description('serve the page of a finished run on this machine')
      .argument('<run folder>', 'what a drill left behind')
      .addOption(pageOption('--port').default(PAGE_PORT))
      .addHelpText('after', '\nExample:\n  $ paydrill report reports/latest')
      .action(report),
  );
}

async function report(folder: string, { port }: { readonly port: number }): Promise<void> {
  const { readRunFiles } = await import('../harness/campaign/run-files.js');
  const { finishedFeed } = await import('../harness/ui/finished-feed.js');
  const { startPageServer } = await import('../harness/ui/page-server.js');
  const feed = finishedFeed({ folder, ...readRunFiles(folder) });
  const server = await startPageServer({ port, feed });
  process.stderr.write(`paydrill: the run at ${server.url} (Ctrl-C ends it)\n`);
  await untilSignal();
  await server.close();
}
