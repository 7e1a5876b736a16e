/**
 * Everything a person can get wrong in a target file is refused here, all of it in one line that says where, what is wrong and what
 * there is instead. What comes back is a TargetFile of which every text is what was written, placeholders and all.
 */
import { parseAddress } from '../../../wire/address.js';
import type { FileRows, HttpRows, RowsSource, SqlRows } from '../../books/neutral/books-spec.js';
import { PlanProblems, PlanReader } from '../../faults/plan-reader.js';
import type { ReadyCheck } from '../../faults/ready-check.js';
import { UserError } from '../../user-error.js';
import type {
  CommandFaultSpec,
  LinkOfFile,
  OpenStep,
  ProcessSpec,
  PromisesSpec,
  SettledSpec,
  TargetFile,
} from './target-file.js';

const FIELDS = [
  ...['name', 'version', 'env', 'databases', 'processes', 'links', 'commands', 'open', 'settled'],
  ...['books', 'probe', 'promises'],
];

/** `where`: the file's path. Throws UserError. */
export function checkedTargetFile(value: unknown, where: string): TargetFile {
  const problems = new PlanProblems();
  const file = new PlanReader(problems, '', value);
  const read: Reading = { problems, databases: databaseNames(file) };
  const checked: TargetFile = {
    name: file.text('name') ?? '',
    ...optional('version', file.has('version') ? file.text('version') : undefined),
    env: texts(file, 'env'),
    databases: texts(file, 'databases'),
    processes: records(file, 'processes', read, processOf),
    links: records(file, 'links', read, linkOf),
    commands: records(file, 'commands', read, commandFaultOf),
    open: list(file, 'open').map((step, index) =>
      openStepOf(new PlanReader(problems, `open[${index}]`, step), read),
    ),
    ...optional(
      'settled',
      file.has('settled') ? settledOf(reader(file, 'settled', read), read) : undefined,
    ),
    ...optional(
      'books',
      file.has('books') ? booksOf(reader(file, 'books', read), read) : undefined,
    ),
    ...optional('probe', file.has('probe') ? file.text('probe') : undefined),
    promises: file.has('promises') ? promisesOf(reader(file, 'promises', read)) : {},
  };
  file.refuseOthers(FIELDS);
  refuseTwins(checked, file);
  if (problems.size > 0) throw new UserError(`${where}: ${problems.line}`);
  return checked;
}

interface Reading {
  readonly problems: PlanProblems;
  readonly databases: readonly string[];
}

/** Links and processes may have one name, as an own service has; a port of a link cannot be asked for by two. */
function refuseTwins({ links = {} }: TargetFile, file: PlanReader): void {
  const seen = new Map<string, string>();
  for (const [name, { listen }] of Object.entries(links)) {
    const twin = listen === undefined ? undefined : seen.get(listen);
    if (twin !== undefined) file.refuse(`the links ${twin} and ${name} both listen on ${listen}`);
    if (listen !== undefined) seen.set(listen, name);
  }
}

function processOf(process: PlanReader, read: Reading): ProcessSpec {
  const common = {
    ready: readyOf(process, read),
    ...optional('readyWithinS', seconds(process, 'readyWithinS')),
  };
  if (process.has('command')) {
    process.refuseOthers([
      ...['command', 'env', 'folder', 'user', 'prepare', 'ready', 'readyWithinS', 'stopSignal'],
    ]);
    const signals = ['SIGTERM', 'SIGINT', 'SIGQUIT'] as const;
    const signal = process.has('stopSignal')
      ? process.name('stopSignal', { what: 'signal to stop with', names: signals })
      : undefined;
    return {
      command: command(process, 'command'),
      env: texts(process, 'env'),
      ...optional('folder', process.has('folder') ? process.text('folder') : undefined),
      ...optional('user', process.has('user') ? process.text('user') : undefined),
      prepare: list(process, 'prepare').map((one) => commandOf(process, 'prepare', one)),
      ...optional(
        'stopSignal',
        signals.find((one) => one === signal),
      ),
      ...common,
    };
  }
  if (process.has('pidFile')) {
    process.refuseOthers(['pidFile', 'start', 'ready', 'readyWithinS']);
    return { pidFile: process.text('pidFile') ?? '', start: command(process, 'start'), ...common };
  }
  if (!process.has('kill')) {
    process.refuse(
      'must have "command" (started for the drill), "pidFile" (found), or "kill" and "start" (commands)',
    );
    return { kill: [], start: [], ...common };
  }
  process.refuseOthers(['kill', 'start', 'pause', 'resume', 'ready', 'readyWithinS']);
  if (process.has('pause') !== process.has('resume')) process.refuse('"pause" needs "resume"');
  return {
    kill: command(process, 'kill'),
    start: command(process, 'start'),
    ...optional('pause', process.has('pause') ? command(process, 'pause') : undefined),
    ...optional('resume', process.has('resume') ? command(process, 'resume') : undefined),
    ...common,
  };
}

function readyOf(process: PlanReader, read: Reading): ReadyCheck {
  const ready = reader(process, 'ready', read);
  const names = ['port', 'url', 'line', 'command'];
  ready.refuseOthers(names);
  const given = names.filter((name) => ready.has(name));
  if (given.length !== 1) ready.refuse(`must have one of ${names.join(', ')}`);
  if (ready.has('command')) return { command: command(ready, 'command') };
  if (ready.has('line')) return { line: ready.text('line') ?? '' };
  return ready.has('url')
    ? { url: ready.text('url') ?? '' }
    : { port: ready.text('port', '') ?? '' };
}

function linkOf(link: PlanReader): LinkOfFile {
  link.refuseOthers(['to', 'listen']);
  return {
    to: address(link, 'to') ?? '',
    ...optional('listen', link.has('listen') ? address(link, 'listen') : undefined),
  };
}

function commandFaultOf(fault: PlanReader): CommandFaultSpec {
  fault.refuseOthers(['apply', 'heal', 'withinS']);
  return {
    apply: command(fault, 'apply'),
    heal: command(fault, 'heal'),
    ...optional('withinS', seconds(fault, 'withinS')),
  };
}

function openStepOf(step: PlanReader, { databases }: Reading): OpenStep {
  const within = optional('withinS', seconds(step, 'withinS'));
  if (step.has('command')) {
    step.refuseOthers(['command', 'withinS']);
    return { command: command(step, 'command'), ...within };
  }
  if (step.has('url')) {
    step.refuseOthers(['url', 'method', 'headers', 'body', 'withinS']);
    return {
      url: step.text('url') ?? '',
      ...optional('method', step.has('method') ? step.text('method') : undefined),
      headers: texts(step, 'headers'),
      ...optional('body', step.value('body')),
      ...within,
    };
  }
  if (!step.has('database')) step.refuse('must have "command", "database" or "url"');
  step.refuseOthers(['database', 'sql', 'file', 'withinS']);
  const database = databaseOf(step, databases);
  if (step.has('file')) return { database, file: step.text('file') ?? '', ...within };
  const sql = step.value('sql');
  if (typeof sql === 'string') return { database, sql, ...within };
  const statements = list(step, 'sql').filter((one): one is string => typeof one === 'string');
  if (statements.length !== list(step, 'sql').length || statements.length === 0)
    step.refuse('"sql" must be a text, or a list of texts');
  return { database, sql: statements, ...within };
}

function settledOf(settled: PlanReader, { databases }: Reading): SettledSpec {
  const within = optional('withinS', seconds(settled, 'withinS'));
  if (settled.has('command')) {
    settled.refuseOthers(['command', 'withinS']);
    return { command: command(settled, 'command'), ...within };
  }
  if (settled.has('url')) {
    settled.refuseOthers(['url', 'path', 'withinS']);
    const path = optional('path', settled.has('path') ? settled.text('path') : undefined);
    return { url: settled.text('url') ?? '', ...path, ...within };
  }
  if (!settled.has('database')) settled.refuse('must have "command", "database" or "url"');
  settled.refuseOthers(['database', 'sql', 'withinS']);
  return { database: databaseOf(settled, databases), sql: settled.text('sql') ?? '', ...within };
}

function booksOf(books: PlanReader, read: Reading): TargetFile['books'] {
  books.refuseOthers(['entries', 'accounts']);
  return {
    entries: rowsOf(reader(books, 'entries', read), read),
    ...optional(
      'accounts',
      books.has('accounts') ? rowsOf(reader(books, 'accounts', read), read) : undefined,
    ),
  };
}

function rowsOf(rows: PlanReader, read: Reading): RowsSource {
  if (rows.has('url')) return httpRowsOf(rows, read);
  if (rows.has('file')) {
    rows.refuseOthers(['file', 'command', 'columns']);
    const file: FileRows = {
      file: rows.text('file') ?? '',
      ...optional('command', rows.has('command') ? command(rows, 'command') : undefined),
      ...optional('columns', rows.has('columns') ? texts(rows, 'columns') : undefined),
    };
    return file;
  }
  if (!rows.has('database')) rows.refuse('must have "database" and "sql", "url", or "file"');
  rows.refuseOthers(['database', 'sql']);
  const sql: SqlRows = { database: databaseOf(rows, read.databases), sql: rows.text('sql') ?? '' };
  return sql;
}

function httpRowsOf(rows: PlanReader, read: Reading): HttpRows {
  rows.refuseOthers(['url', 'headers', 'rows', 'next', 'columns']);
  const next = rows.has('next') ? reader(rows, 'next', read) : undefined;
  next?.refuseOthers(['path', 'parameter']);
  return {
    url: rows.text('url') ?? '',
    headers: texts(rows, 'headers'),
    ...optional('rows', rows.has('rows') ? rows.text('rows') : undefined),
    ...optional(
      'next',
      next && { path: next.text('path') ?? '', parameter: next.text('parameter') ?? '' },
    ),
    ...optional('columns', rows.has('columns') ? texts(rows, 'columns') : undefined),
  };
}

const PROMISE_WORDS = {
  acknowledged: ['kept', 'none'],
  ids: ['forever', 'none'],
  isolation: ['strict-serializable', 'linearizable-accounts', 'none'],
  charges: ['none', 'payer', 'payee', 'both'],
  holds: ['pending', 'escrow'],
  captures: ['once', 'many'],
} as const;

function promisesOf(promises: PlanReader): PromisesSpec {
  promises.refuseOthers([...Object.keys(PROMISE_WORDS), 'atomic', 'noOverdraft', 'doubleEntry']);
  const word = <Name extends keyof typeof PROMISE_WORDS>(
    name: Name,
  ): { readonly [N in Name]?: (typeof PROMISE_WORDS)[Name][number] } => {
    if (!promises.has(name)) return {};
    const names = PROMISE_WORDS[name];
    const found = promises.name(name, { what: name, names });
    const known = names.find((one) => one === found);
    return optional<Name, (typeof PROMISE_WORDS)[Name][number]>(name, known);
  };
  return {
    ...word('acknowledged'),
    ...word('ids'),
    ...word('isolation'),
    ...word('charges'),
    ...word('holds'),
    ...word('captures'),
    atomic: promises.flag('atomic', true),
    noOverdraft: promises.flag('noOverdraft', true),
    doubleEntry: promises.flag('doubleEntry', true),
  };
}

/** Nothing where there is none. */
function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [N in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [N in Name]?: Value });
}

function reader(of: PlanReader, name: string, { problems }: Reading): PlanReader {
  return new PlanReader(problems, of.where === '' ? name : `${of.where}.${name}`, of.value(name));
}

function records<Spec>(
  file: PlanReader,
  name: string,
  read: Reading,
  each: (one: PlanReader, read: Reading) => Spec,
): Readonly<Record<string, Spec>> {
  const named = file.entries(name).map(([key, value]): [string, Spec] => {
    const one = new PlanReader(read.problems, `${name}.${key}`, value);
    if (!/^[A-Za-z][A-Za-z0-9-]{0,40}$/.test(key))
      one.refuse('a name is a letter, then letters, digits and -');
    return [key, each(one, read)];
  });
  return Object.fromEntries(named);
}

/** Empty where it is absent. */
function list(of: PlanReader, name: string): readonly unknown[] {
  return of.has(name) ? of.list(name) : [];
}

function texts(of: PlanReader, name: string): Readonly<Record<string, string>> {
  const found = of.entries(name).map(([key, value]): [string, string] => {
    if (typeof value !== 'string') of.refuse(`"${name}.${key}" must be a text`);
    return [key, String(value)];
  });
  return Object.fromEntries(found);
}

function command(of: PlanReader, name: string): readonly string[] {
  return commandOf(of, name, of.value(name));
}

function commandOf(of: PlanReader, name: string, value: unknown): readonly string[] {
  const words = Array.isArray(value)
    ? value.filter((one): one is string => typeof one === 'string')
    : [];
  if (Array.isArray(value) && words.length === value.length && words.length > 0) return words;
  of.refuse(`"${name}" must be a command as a list of texts, as ["docker", "kill", "ledger"]`);
  return [];
}

function seconds(of: PlanReader, name: string): number | undefined {
  return of.has(name) ? of.number(name, { minimum: 0.1, maximum: 86_400 }) : undefined;
}

/** `host:port`; what stands for one is looked at when it is known. */
function address(of: PlanReader, name: string): string | undefined {
  const text = of.text(name);
  if (text !== undefined && !text.includes('{{') && parseAddress(text) === undefined)
    of.refuse(`"${name}" must be host:port, not ${text}`);
  return text;
}

function databaseOf(of: PlanReader, names: readonly string[]): string {
  return of.name('database', { what: 'database', names }) ?? '';
}

function databaseNames(file: PlanReader): readonly string[] {
  const value = file.value('databases');
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}
