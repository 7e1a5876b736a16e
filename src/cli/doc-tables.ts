/**
 * The tables in the docs that are made from the code. A table stands between two marker lines,
 * `<!-- table: exit-codes -->` and `<!-- end of table -->`; `npm run docs` writes them, a test compares.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { EXIT_CODES } from '../harness/exit-codes.js';
import type { NumberRule } from '../harness/faults/fault.js';
import { FAULT_KINDS } from '../harness/faults/kinds/registry.js';
import { METRICS } from '../harness/options/metrics.js';
import { EXECUTORS } from '../harness/schedule/executors/registry.js';
import { OUR_LAWS } from '../harness/verify/our-laws.js';
import { OUR_PRODUCTS } from '../products/ours.js';
import { MUTANT_NAMES, mutantRow } from '../wire/mutants.js';
import { RESULTS } from '../wire/results.js';
import { lawText } from './law-text.js';
import { createProgram } from './program.js';

export const DOCS = [
  'README.md',
  'ARCHITECTURE.md',
  'reports/README.md',
  'scenarios/README.md',
  'docs/queries.md',
];

const PROGRAM = await createProgram();

const TABLES: Readonly<Record<string, () => string>> = {
  commands: () =>
    table(
      ['command', 'what it does'],
      visible(PROGRAM).map((command) => [
        `\`${[command.name(), argumentsOf(command)].join(' ').trim()}\``,
        command.description(),
      ]),
    ),
  'run-options': () =>
    table(
      ['option of `run`', 'meaning'],
      visible(PROGRAM)
        .filter((command) => command.name() === 'run')
        .flatMap((command) => command.options)
        .map((option) => [`\`${option.flags}\``, option.description]),
    ),
  'exit-codes': () =>
    table(
      ['code', 'meaning'],
      Object.values(EXIT_CODES).map(({ code, meaning }) => [String(code), meaning]),
    ),
  executors: () =>
    table(
      ['executor', 'model', 'what it runs'],
      EXECUTORS.map(({ name, rate, meaning }) => [
        `\`${name}\``,
        rate === undefined ? 'closed' : 'open',
        meaning,
      ]),
    ),
  laws: () =>
    table(
      ['law', 'what must hold'],
      OUR_LAWS.map(({ name, statement }) => [`\`${name}\``, statement]),
    ),
  products: () =>
    table(
      ['product', 'what it is', 'operations', 'laws of its own'],
      OUR_PRODUCTS.map(({ name, title, operations, laws = {} }) => [
        `\`${name}\``,
        title,
        codes(Object.keys(operations)),
        codes(Object.keys(laws).map((law) => `${name}-${law}`)),
      ]),
    ),
  'law-no-lost-ack': () => `\`\`\`sql\n${lawText('no-lost-ack')}\`\`\``,
  mutants: () =>
    table(
      ['mutant', 'the planted bug', 'exposed by', 'caught by'],
      MUTANT_NAMES.map((name) => {
        const { bug, exposedBy, law, hole } = mutantRow(name);
        return [`\`${name}\``, bug, exposedBy, law === undefined ? `none: ${hole}` : `\`${law}\``];
      }),
    ),
  'fault-kinds': () =>
    table(
      ['kind', 'on a', 'meaning', 'numbers'],
      FAULT_KINDS.map((kind) => [
        `\`${kind.kind}\``,
        kind.on,
        kind.meaning,
        kind.on === 'link' ? numbersOf(kind.numbers) : '',
      ]),
    ),
  results: () =>
    table(
      ['result', 'code', 'definite for', 'meaning'],
      Object.entries(RESULTS).map(([name, { code, scope, meaning }]) => [
        `\`${name}\``,
        String(code),
        scope,
        meaning,
      ]),
    ),
  metrics: () =>
    table(
      ['metric', 'kind', 'meaning'],
      Object.entries(METRICS).map(([name, { kind, isTime, meaning }]) => [
        `\`${name}\``,
        isTime ? `${kind}, ms` : kind,
        meaning,
      ]),
    ),
};

const MARKED = /(<!-- table: ([a-z-]+) -->\n)[\s\S]*?(<!-- end of table -->)/g;

/** The text with every marked table made anew. Throws where a marker names a table that does not exist. */
export function withTables(text: string): string {
  return text.replace(MARKED, (_, open: string, name: string, close: string) => {
    const make = TABLES[name];
    if (!make) throw new Error(`no table is called '${name}': ${Object.keys(TABLES).join(', ')}`);
    return `${open}${make()}\n${close}`;
  });
}

/**
 * Rewrites the docs under `root` where a table is stale. Called by scripts/ready.js.
 * @public
 */
export function writeDocs(root: string): void {
  for (const doc of DOCS) {
    const path = join(root, doc);
    const text = readFileSync(path, 'utf8');
    const fresh = withTables(text);
    if (fresh !== text) writeFileSync(path, fresh);
  }
}

function codes(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Outside of code spans Markdown would read `<` as a tag. */
function cellText(cell: string): string {
  const text = cell.replaceAll('|', '\\|').replace(/\s*\n\s*/g, ' ');
  return text.startsWith('`') ? text : text.replaceAll('<', '&lt;');
}

function numbersOf(rules: Readonly<Record<string, NumberRule>>): string {
  return Object.entries(rules)
    .map(([name, { absent }]) => (absent === undefined ? `\`${name}\`` : `\`${name}\` (${absent})`))
    .join(', ');
}

function visible(program: Command): readonly Command[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter(({ name }) => name !== undefined);
}

function argumentsOf(command: Command): string {
  return command.registeredArguments
    .map((argument) => (argument.required ? `<${argument.name()}>` : `[${argument.name()}]`))
    .join(' ');
}
