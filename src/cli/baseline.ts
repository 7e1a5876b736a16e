/** `paydrill baseline save`: runs become one small file, to be committed and compared with. */
import { writeFileSync } from 'node:fs';
import { Command } from 'commander';
import { messageOf } from '../harness/message-of.js';
import { UserError } from '../harness/user-error.js';
import { print } from './output.js';

const EXAMPLE =
  'Example:\n  $ paydrill baseline save reports/night-1 reports/night-2 reports/night-3 -o baseline.json';

export function baselineCommand(): Command {
  return new Command('baseline')
    .description('keep runs as a small file to compare later ones with')
    .addHelpText('after', `\n${EXAMPLE}`)
    .addCommand(saveCommand());
}

function saveCommand(): Command {
  return new Command('save')
    .description('write a baseline file: histograms of one second, counts and labels of each run')
    .argument(
      '<run...>',
      'run folders, or folders of run folders; five runs or more tell how runs differ',
    )
    .requiredOption('-o, --output <file>', 'the file to write')
    .addHelpText('after', `\n${EXAMPLE}`)
    .action(save);
}

async function save(
  paths: readonly string[],
  { output }: { readonly output: string },
): Promise<void> {
  const { baselineJson, baselineOf } = await import('../harness/campaign/compare/baseline-file.js');
  const { runsOf } = await import('../harness/campaign/compare/sides.js');
  const runs = runsOf(paths);
  const text = baselineJson(baselineOf(runs, new Date().toISOString()));
  try {
    writeFileSync(output, text);
  } catch (cause) {
    throw new UserError(`cannot write ${output}: ${messageOf(cause)}`, { cause });
  }
  const few = runs.length < 3 ? '; with so few runs little is known of how they differ' : '';
  await print(
    `${output}: ${runs.length} ${runs.length === 1 ? 'run' : 'runs'}, ${Math.ceil(text.length / 1024)} KiB${few}\n`,
  );
}
