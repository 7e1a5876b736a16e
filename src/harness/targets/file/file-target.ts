/**
 * A system of somebody's, as its target file says: its processes started or found, its links opened on the fault proxy, its accounts made,
 * its books read for what is there already. All that was begun is ended with the supervisor, whatever happens to the drill.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import type { BooksSource } from '../../books/books-source.js';
import {
  type NeutralOptions,
  type NeutralShown,
  neutralBooks,
  readBefore,
} from '../../books/neutral/neutral-source.js';
import type { CommandHandle, LinkHandle } from '../../faults/fault.js';
import { isFree } from '../../faults/fixed-port.js';
import { runCommand } from '../../faults/run-command.js';
import { Supervisor } from '../../faults/supervisor-client.js';
import type { TargetFacts } from '../../records/target-facts.js';
import { UserError } from '../../user-error.js';
import { type DrillLinks, openLinks } from '../links.js';
import { openOrClose } from '../opening.js';
import type { Target } from '../target.js';
import { booksOfFile } from './books-of-file.js';
import { factsOfFile } from './file-facts.js';
import { FileProcesses } from './file-processes.js';
import { breakableOfFile, type LoadedTargetFile } from './load-target-file.js';
import { runOpenSteps } from './open-steps.js';
import { fillAll } from './placeholders.js';
import { untilAtRest } from './settled-check.js';
import type { CommandFaultSpec, TargetFile } from './target-file.js';

export interface FileTargetOptions {
  readonly loaded: LoadedTargetFile;
  /** The command that runs paydrill, executable first. */
  readonly program: readonly string[];
  /** `host:port` of a Toxiproxy to put the links on; undefined starts the embedded one. */
  readonly toxiproxy: string | undefined;
  /** Hosts that are not this machine and may be asked. */
  readonly allowTargets: readonly string[];
  /** Floats in [0, 1), for the names on the Toxiproxy. */
  readonly random: () => number;
  /** A process ended that no fault ended. */
  readonly onEnded: (line: string) => void;
  readonly onNotice: (line: string) => void;
  readonly onLog: (line: string) => void;
  /** Aborted: it is given up while it is opened. */
  readonly signal: AbortSignal;
}

const COMMAND_S = 10;

/** Throws UserError where it cannot be opened, and the signal's reason where that aborts meanwhile. */
export async function openFileTarget(options: FileTargetOptions): Promise<Target> {
  const { loaded, onEnded, onLog, onNotice, signal } = options;
  const lastWords = new Map<string, string>();
  const supervisor = new Supervisor({
    argv: [...options.program, 'supervise'],
    onExit: ({ name }) => {
      const words = lastWords.get(name);
      onEnded(`${name} ended by itself${words === undefined ? '' : `: ${words}`}`);
    },
    onLog: (name, line) => {
      lastWords.set(name, line);
      onLog(`${name}: ${line}`);
    },
  });
  let links: DrillLinks | undefined;
  const close = async (): Promise<void> => {
    await links?.close().catch((error: unknown) => onNotice(String(error)));
    await supervisor.close();
  };
  const open = async (): Promise<Target> => {
    const folder = await supervisor.makeFolder('paydrill-');
    const file = fillAll(loaded.file, { ...loaded.filling, folder }, loaded.path);
    if (runsAsOthers(file)) await chmod(folder, 0o1777);
    if (Object.keys(file.links ?? {}).length > 0) {
      await refuseTaken(file, loaded.filling.links);
      const { program, toxiproxy, random } = options;
      links = await openLinks({ supervisor, program, toxiproxy, random });
      await links.create(
        Object.entries(file.links ?? {}).map(([name, { to }]) => ({
          name,
          upstream: to,
          listen: loaded.filling.links.get(name) ?? '',
        })),
      );
    }
    const { here, program } = { ...loaded, ...options };
    const processes = new FileProcesses({
      supervisor,
      program,
      here,
      processes: file.processes ?? {},
    });
    await processes.start();
    const asked = { here, databases: file.databases ?? {}, allowTargets: options.allowTargets };
    await runOpenSteps(file.open ?? [], { ...asked, signal });
    const books = await openBooks(file, { ...asked, folder, signal });
    return targetOf({
      options,
      file,
      facts: factsOfFile(file, books?.shown),
      books: books?.source,
      links,
      processes,
      supervisor,
      close,
    });
  };
  return openOrClose(`${loaded.path} cannot be drilled`, open, { close, signal });
}

/** A Toxiproxy says no more than that a link cannot be made. */
async function refuseTaken(
  { links = {} }: TargetFile,
  listening: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [name, { listen }] of Object.entries(links)) {
    const address = listening.get(name);
    if (listen === undefined || address === undefined || (await isFree(address))) continue;
    throw new UserError(`the link ${name} cannot listen on ${address}: it is in use`);
  }
}

/** What stands in the books before the load is no affair of the drill's. */
async function openBooks(
  { books: spec }: TargetFile,
  {
    here,
    folder,
    databases,
    allowTargets,
    signal,
  }: Pick<NeutralOptions, 'databases' | 'allowTargets' | 'folder'> & {
    readonly here: string;
    readonly signal: AbortSignal;
  },
): Promise<{ readonly source: BooksSource; readonly shown: NeutralShown } | undefined> {
  if (spec === undefined) return undefined;
  const before = join(folder, 'books-before');
  const options = booksOfFile({ spec, databases, allowTargets, here });
  const shown = await readBefore(options, { before, signal });
  return { source: neutralBooks(options, before), shown };
}

function targetOf({
  options,
  file,
  facts,
  books,
  links,
  processes,
  supervisor,
  close,
}: {
  readonly options: FileTargetOptions;
  /** Its texts filled in. */
  readonly file: TargetFile;
  readonly facts: TargetFacts;
  readonly books: BooksSource | undefined;
  readonly links: DrillLinks | undefined;
  readonly processes: FileProcesses;
  readonly supervisor: Supervisor;
  readonly close: () => Promise<void>;
}): Target {
  const { loaded, allowTargets } = options;
  const { here } = loaded;
  const commands = file.commands ?? {};
  return {
    ports: { pay: undefined },
    books,
    facts,
    // As it was written: secrets of connection URLs come from the environment of whoever reads the file, and stay there.
    layout: { target_file: withoutSecrets(loaded.file) },
    breakable: {
      ...breakableOfFile(loaded),
      link: (name): LinkHandle => {
        if (links === undefined) throw new Error(`there is no link ${name}`);
        return links.link(name);
      },
      process: (name) => processes.handle(name),
      command: (name) => commandHandle(name, commands[name], { here, supervisor }),
    },
    processes: () => processes.pids,
    settled: (signal) =>
      untilAtRest(file.settled, { here, databases: file.databases ?? {}, allowTargets }, signal),
    close,
  };
}

/** Its healing is the supervisor's to do where the harness is gone. */
function commandHandle(
  name: string,
  spec: CommandFaultSpec | undefined,
  { here, supervisor }: { readonly here: string; readonly supervisor: Supervisor },
): CommandHandle {
  if (spec === undefined) throw new Error(`there is no command ${name}`);
  const key = `command ${name}`;
  const how = { folder: here, msMax: (spec.withinS ?? COMMAND_S) * 1000 };
  return {
    apply: async () => {
      await supervisor.runAtEnd(key, { argv: spec.heal, folder: here });
      await runCommand(spec.apply, how);
    },
    heal: async () => {
      await runCommand(spec.heal, how);
      await supervisor.forget(key);
    },
  };
}

function runsAsOthers({ processes = {} }: TargetFile): boolean {
  if (process.getuid?.() !== 0) return false;
  return Object.values(processes).some((one) => 'command' in one && one.user !== undefined);
}

/** Connection URLs without their passwords; environments and headers may hold others. */
function withoutSecrets(file: TargetFile): object {
  const databases = Object.entries(file.databases ?? {}).map(([name, url]): [string, string] => [
    name,
    url.replace(/^([a-z]+:\/\/[^:@/]*):[^@]*@/, '$1:***@'),
  ]);
  const processes = Object.entries(file.processes ?? {}).map(([name, one]): [string, object] => [
    name,
    'env' in one ? { ...one, env: Object.keys(one.env ?? {}) } : one,
  ]);
  return {
    ...file,
    env: Object.keys(file.env ?? {}),
    databases: Object.fromEntries(databases),
    processes: Object.fromEntries(processes),
    open: file.open?.length ?? 0,
  };
}
