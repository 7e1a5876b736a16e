/**
 * Reads a target file: TypeScript, JavaScript, JSON, YAML or TOML. Nothing is fetched, and nothing of it is started. What of it
 * must be known before anything runs is decided here: where links listen, and which ports of this machine it has.
 */
import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fixedPort } from '../../faults/fixed-port.js';
import { messageOf } from '../../message-of.js';
import { UserError } from '../../user-error.js';
import type { BreakableNames } from '../breakable-names.js';
import { checkedTargetFile } from './check-target-file.js';
import { type Filling, fillIn, portsIn } from './placeholders.js';
import { PLAIN_FILE } from './plain-file.js';
import type { TargetFile } from './target-file.js';

export interface LoadedTargetFile {
  /** As it was named. */
  readonly path: string;
  /** The folder it lies in. */
  readonly here: string;
  readonly file: TargetFile;
  /** What stands for links, ports and folders in its texts; the folder of the drill is not there yet. */
  readonly filling: Filling;
  /** For scripts. */
  readonly env: Readonly<Record<string, string>>;
}

export interface LoadTargetOptions {
  /** From which a relative path is meant. */
  readonly folder: string;
  /** Floats in [0, 1), for the ports. */
  readonly random: () => number;
}

/** Throws UserError. */
export async function loadTargetFile(
  path: string,
  { folder, random }: LoadTargetOptions,
): Promise<LoadedTargetFile> {
  const full = resolve(folder, path);
  if (!existsSync(full))
    throw new UserError(`no target file at ${path}; 'paydrill init --target http' writes one`);
  const file = checkedTargetFile(await contentOf(path, full), path);
  const here = dirname(full);
  const ports = new Map<string, string>();
  for (const name of portsIn(file)) ports.set(name, String(await fixedPort(random)));
  const known: Filling = { links: new Map(), ports, here, folder: undefined };
  const links = new Map<string, string>();
  for (const [name, { listen }] of Object.entries(file.links ?? {}))
    links.set(
      name,
      listen === undefined
        ? `127.0.0.1:${await fixedPort(random)}`
        : fillIn(listen, known, `${path}: links.${name}.listen`),
    );
  const filling: Filling = { ...known, links };
  const env = Object.entries(file.env ?? {}).map(([name, text]): [string, string] => [
    name,
    fillIn(text, filling, `${path}: env.${name}`),
  ]);
  return { path, here, file, filling, env: Object.fromEntries(env) };
}

/** What of it a fault plan may name. */
export function breakableOfFile({ file }: LoadedTargetFile): BreakableNames {
  const names = (of: object | undefined): readonly string[] => Object.keys(of ?? {});
  return {
    links: names(file.links),
    processes: names(file.processes),
    commands: names(file.commands),
  };
}

async function contentOf(path: string, full: string): Promise<unknown> {
  const { loadConfig } = await import('c12');
  try {
    const { config } = await loadConfig({
      cwd: dirname(full),
      configFile: full,
      configFileRequired: true,
      ...PLAIN_FILE,
      // `paydrill` is this program, wherever the file lies.
      jitiOptions: {
        ...PLAIN_FILE.jitiOptions,
        moduleCache: false,
        alias: { paydrill: DEFINE_TARGET },
      },
    });
    return config;
  } catch (cause) {
    const reason = messageOf(cause).split('\n')[0];
    throw new UserError(`the target file ${path} cannot be read: ${reason}`, { cause });
  }
}

const DEFINE_TARGET = fileURLToPath(new URL('./define-target.js', import.meta.url));
