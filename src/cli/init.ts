/**
 * `paydrill init [folder]`: a first drill to change, of the reference stack or (`--target`) of a system of one's own: a
 * script, the fault plan that belongs to it, and a tsconfig.json that knows the types of what a script imports. They are the package's own
 * `scenarios/starter.*` and `scenarios/own/*`, so what is written is what the tests read. Refuses to overwrite: where one of the files is there already, none is written.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, normalize, relative, sep } from 'node:path';
import { Command, Option } from 'commander';
import { messageOf } from '../harness/message-of.js';
import { UserError } from '../harness/user-error.js';
import { PROGRAM } from './child.js';

/** Where the examples of every `--help` are, too. */
const DEFAULT_FOLDER = 'drills';
const SCRIPT = 'starter.ts';
const TARGET = 'target.ts';

export function initCommand(): Command {
  return new Command('init')
    .description('write a first script, its fault plan and a tsconfig.json, to run and to change')
    .addOption(
      new Option(
        '--target <kind>',
        'a commented target file for a system of your own, and a script that asks it',
      ).choices(['http', 'postgres', 'mysql']),
    )
    .argument('[folder]', `where to; '${DEFAULT_FOLDER}' when left out`, DEFAULT_FOLDER)
    .addHelpText(
      'after',
      '\nExamples:\n  $ paydrill init && paydrill run drills/starter.ts\n  $ paydrill init --target postgres && paydrill check drills/target.ts',
    )
    .action(init);
}

function init(named: string, { target }: { readonly target?: string }): void {
  const folder = normalize(join(named, '.'));
  const files = Object.entries(target === undefined ? starterFiles() : ownFiles(target));
  const taken = files.map(([name]) => join(folder, name)).filter((path) => existsSync(path));
  if (taken.length > 0) {
    const verb = taken.length === 1 ? 'is' : 'are';
    throw new UserError(
      `${taken.join(', ')} ${verb} there already and stay as they are: name another folder, as in 'paydrill init ${folder}-2'`,
    );
  }
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
  } catch (cause) {
    const reason = messageOf(cause);
    throw new UserError(`cannot write to ${folder}: ${reason}; name another folder`, { cause });
  }
  for (const [name] of files) print(`wrote ${join(folder, name)}`);
  const [next, then] = target === undefined ? ['run', SCRIPT] : ['check', TARGET];
  print(`next: ${asTyped()} ${next} ${join(folder, then)}`);
}

function starterFiles(): Readonly<Record<string, string>> {
  return {
    [SCRIPT]: shipped('starter.ts'),
    'starter.faults.json': shipped('starter.faults.json'),
    'tsconfig.json': `${JSON.stringify(TSCONFIG, undefined, 2)}\n`,
  };
}

/** For a system of one's own: `kind` says how its books are read. */
function ownFiles(kind: string): Readonly<Record<string, string>> {
  return {
    [TARGET]: kind === 'mysql' ? onMysql(shipped('own/postgres.ts')) : shipped(`own/${kind}.ts`),
    'drill.ts': shipped('own/drill.ts'),
    'drill.faults.json': shipped('own/drill.faults.json'),
    'tsconfig.json': `${JSON.stringify(TSCONFIG, undefined, 2)}\n`,
  };
}

/** The same of a database on the other wire. */
function onMysql(text: string): string {
  return text
    .replaceAll('postgres://postgres@', 'mysql://root@')
    .replaceAll('127.0.0.1:5432', '127.0.0.1:3306');
}

function shipped(name: string): string {
  return readFileSync(new URL(`../../scenarios/${name}`, import.meta.url), 'utf8');
}

/** Scripts run in a bundle without Node's modules; `paydrill/k6` brings `k6`, `k6/*` and `k6/x/*`. */
const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2022'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['paydrill/k6'],
  },
  include: ['*.ts'],
};

/** How this program is called from the current folder: by npm where it is installed as a package, else by its file. */
function asTyped(): string {
  const [, program] = PROGRAM;
  if (program.split(sep).includes('node_modules')) return 'npx paydrill';
  return `node ${relative('', program)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
