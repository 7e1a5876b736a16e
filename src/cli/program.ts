/** All commands under one name. Built by a function, so that the docs can read the options from it. */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { printable } from '../harness/report/printable.js';
import { abCommand } from './ab.js';
import { baselineCommand } from './baseline.js';
import { capacityCommand } from './capacity.js';
import { checkCommand } from './check.js';
import { cleanCommand } from './clean.js';
import { compareCommand } from './compare.js';
import { oneLine } from './errors.js';
import { exitCodesCommand } from './exit-codes.js';
import { explainCommand } from './explain.js';
import { gatewayCommand } from './gateway.js';
import { initCommand } from './init.js';
import { inspectCommand } from './inspect.js';
import { keepCommand } from './keep.js';
import { lawsCommand } from './laws.js';
import { mutantsCommand } from './mutants.js';
import { probeCommand } from './probe.js';
import { proxyCommand } from './proxy.js';
import { queryCommand } from './query.js';
import { reportCommand } from './report.js';
import { runCommand } from './run.js';
import { shardCommand } from './shard.js';
import { stackCommand } from './stack.js';
import { superviseCommand } from './supervise.js';
import { verifyCommand } from './verify.js';

export function createProgram(): Command {
  const program = new Command('paydrill')
    .description('drill a payment system with festival traffic and faults, then judge its ledger')
    .version(version())
    .addHelpText('after', '\nExample:\n  $ paydrill init && paydrill run drills/starter.ts');
  for (const command of [
    initCommand(),
    runCommand(),
    inspectCommand(),
    checkCommand(),
    capacityCommand(),
    baselineCommand(),
    compareCommand(),
    abCommand(),
    probeCommand(),
    verifyCommand(),
    reportCommand(),
    explainCommand(),
    queryCommand(),
    cleanCommand(),
    stackCommand(),
    proxyCommand(),
    lawsCommand(),
    mutantsCommand(),
    exitCodesCommand(),
  ]) {
    program.addCommand(command);
  }
  for (const command of [shardCommand(), gatewayCommand(), keepCommand(), superviseCommand()]) {
    program.addCommand(command, { hidden: true });
  }
  for (const command of withInner(program)) {
    command.exitOverride().configureOutput({
      outputError: (text, write) =>
        write(`paydrill: ${printable(oneLine(text.replace(/^error: /, '')))}\n`),
    });
  }
  return program;
}

function withInner(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

function version(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version: text } = JSON.parse(readFileSync(path, 'utf8'));
  return String(text);
}
