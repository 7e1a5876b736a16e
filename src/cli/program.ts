/**
 * All commands under one name, each in a file that is loaded when it is asked for: every process of a drill is this program, and
 * carries its own command alone.
 */
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { printable } from '../harness/report/printable.js';
import { oneLine } from './errors.js';

type Commands = Readonly<Record<string, () => Promise<Command>>>;

/** In the order of the help. */
const COMMANDS: Commands = {
  init: async () => (await import('./init.js')).initCommand(),
  run: async () => (await import('./run.js')).runCommand(),
  inspect: async () => (await import('./inspect.js')).inspectCommand(),
  check: async () => (await import('./check.js')).checkCommand(),
  capacity: async () => (await import('./capacity.js')).capacityCommand(),
  baseline: async () => (await import('./baseline.js')).baselineCommand(),
  compare: async () => (await import('./compare.js')).compareCommand(),
  ab: async () => (await import('./ab.js')).abCommand(),
  probe: async () => (await import('./probe.js')).probeCommand(),
  verify: async () => (await import('./verify.js')).verifyCommand(),
  report: async () => (await import('./report.js')).reportCommand(),
  explain: async () => (await import('./explain.js')).explainCommand(),
  query: async () => (await import('./query.js')).queryCommand(),
  clean: async () => (await import('./clean.js')).cleanCommand(),
  stack: async () => (await import('./stack.js')).stackCommand(),
  proxy: async () => (await import('./proxy.js')).proxyCommand(),
  laws: async () => (await import('./laws.js')).lawsCommand(),
  mutants: async () => (await import('./mutants.js')).mutantsCommand(),
  'exit-codes': async () => (await import('./exit-codes.js')).exitCodesCommand(),
};

const HIDDEN: Commands = {
  shard: async () => (await import('./shard.js')).shardCommand(),
  gateway: async () => (await import('./gateway.js')).gatewayCommand(),
  keep: async () => (await import('./keep.js')).keepCommand(),
  supervise: async () => (await import('./supervise.js')).superviseCommand(),
};

/** With the one command of that name; with all of them where there is none such, as for the help or a slip of the keyboard. */
export async function createProgram(only?: string): Promise<Command> {
  const program = new Command('paydrill')
    .description('drill a payment system with festival traffic and faults, then judge its ledger')
    .version(version())
    .addHelpText('after', '\nExample:\n  $ paydrill init && paydrill run drills/starter.ts');
  for (const [name, load] of Object.entries({ ...COMMANDS, ...HIDDEN })) {
    if (isKnown(only) && name !== only) continue;
    program.addCommand(await load(), { hidden: Object.hasOwn(HIDDEN, name) });
  }
  for (const command of withInner(program)) {
    command.exitOverride().configureOutput({
      outputError: (text, write) =>
        write(`paydrill: ${printable(oneLine(text.replace(/^error: /, '')))}\n`),
    });
  }
  return program;
}

function isKnown(name: string | undefined): boolean {
  return name !== undefined && (Object.hasOwn(COMMANDS, name) || Object.hasOwn(HIDDEN, name));
}

function withInner(command: Command): readonly Command[] {
  return [command, ...command.commands.flatMap(withInner)];
}

function version(): string {
  const path = new URL('../../package.json', import.meta.url);
  const { version: text } = JSON.parse(readFileSync(path, 'utf8'));
  return String(text);
}
