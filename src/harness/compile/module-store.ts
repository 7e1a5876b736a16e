/**
 * Modules from the web, by their address: from a folder of the user's, from the cache, else fetched once and kept in the cache
 * with the hash of what came. A cached copy that is not what was fetched is refused, and so is one of another hash than the
 * drill had that is run again. Only https; http from this machine alone, where nobody stands between.
 *
 *   folder   <folder>/jslib.k6.io/k6-utils/1.4.0/index.js
 *   cache    $XDG_CACHE_HOME/paydrill/modules/<SHA-256 of the address>.json
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isLoopback } from '../../wire/address.js';
import { messageOf } from '../message-of.js';

/** How modules are got from the web. */
export interface RemoteImports {
  /** Fetch nothing: only what is in the folder or in the cache. */
  readonly offline?: boolean | undefined;
  /** A folder of modules, each at host/path of its address. */
  readonly folder?: string | undefined;
  /** SHA-256 by address, of a drill that is run again: another text is refused. */
  readonly sha256?: Readonly<Record<string, string>> | undefined;
}

export interface RemoteModule {
  /** Where it came from in the end; what it imports is relative to it. */
  readonly location: string;
  readonly sha256: string;
  readonly text: string;
}

const BYTES_MAX = 16 * 1024 * 1024;
const TIMEOUT_MS = 30_000;

/** Throws an Error that says what is wrong with the address. */
export function checkAddress(address: URL): void {
  const host = address.hostname.replace(/^\[|\]$/g, '');
  if (address.protocol === 'https:' || isLoopback(host)) return;
  throw new Error(`cannot import "${address.href}": only https, or http from this machine`);
}

/** Throws an Error in words for whoever wrote the import. */
export async function remoteModule(address: URL, how: RemoteImports): Promise<RemoteModule> {
  const found =
    fromFolder(address, how.folder) ?? fromCache(address) ?? (await fetched(address, how));
  const wanted = how.sha256?.[address.href];
  if (wanted !== undefined && wanted !== found.sha256)
    throw new Error(
      `"${address.href}" is not what it was when the drill ran: its SHA-256 is ${found.sha256}, not ${wanted}`,
    );
  return found;
}

function fromFolder(address: URL, folder: string | undefined): RemoteModule | undefined {
  if (folder === undefined) return undefined;
  const path = join(folder, address.host, `${address.pathname}${address.search}`);
  if (!existsSync(path)) return undefined;
  const text = readFileSync(path, 'utf8');
  return { location: address.href, sha256: sha256(text), text };
}

function fromCache(address: URL): RemoteModule | undefined {
  const file = cacheFile(address);
  if (!existsSync(file)) return undefined;
  const { location, sha256: hash, text } = JSON.parse(readFileSync(file, 'utf8'));
  if (typeof location === 'string' && typeof text === 'string' && sha256(text) === hash)
    return { location, sha256: hash, text };
  throw new Error(`the cached copy of "${address.href}" is damaged: remove ${file}`);
}

async function fetched(address: URL, { offline, folder }: RemoteImports): Promise<RemoteModule> {
  const { href } = address;
  if (offline === true) {
    const places = folder === undefined ? 'the cache' : `${folder} or the cache`;
    throw new Error(
      `"${href}" is not in ${places}, and --offline fetches nothing: run it once without, or put it into the folder of --modules`,
    );
  }
  try {
    const response = await fetch(href, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    checkAddress(new URL(response.url));
    const text = await bounded(response);
    const module = { location: response.url, sha256: sha256(text), text };
    keep(address, module);
    return module;
  } catch (cause) {
    const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
    throw new Error(
      `cannot fetch "${href}": ${messageOf(reason)}; put a copy into the folder of --modules`,
      { cause },
    );
  }
}

async function bounded(response: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of response.body ?? []) {
    bytes += part.length;
    if (bytes > BYTES_MAX) throw new Error(`it is larger than ${BYTES_MAX} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** At once or not at all, whoever else does the same. */
function keep(address: URL, module: RemoteModule): void {
  const file = cacheFile(address);
  mkdirSync(cacheFolder(), { recursive: true });
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, JSON.stringify({ address: address.href, ...module }));
  renameSync(unfinished, file);
}

function cacheFile(address: URL): string {
  return join(cacheFolder(), `${sha256(address.href)}.json`);
}

function cacheFolder(): string {
  return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'paydrill', 'modules');
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
