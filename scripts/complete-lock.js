#!/usr/bin/env node
/**
 * Adds to package-lock.json the packages of other platforms that npm leaves out when it cannot see them
 * (npm/cli issue 4828). Without them `npm ci` refuses the lockfile. Run after `npm install`:
 *
 *   node scripts/complete-lock.js
 *
 * Each entry gets the version its parent pins and the platform its name says. It carries no integrity, because
 * none was seen: the first `npm install` on such a platform fills it in.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const OS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const CPU = [
  'arm64',
  'arm',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));
const added = [];
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (find(parent, name)) continue;
    lock.packages[`node_modules/${name}`] = entryFor(name, range, entry.dev === true);
    added.push(`${name} ${range}`);
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
);
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(added.length === 0 ? 'nothing is missing\n' : `${added.join('\n')}\n`);

/** As Node resolves it: in the parent's own node_modules, then further up. */
function find(parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const at = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (Object.hasOwn(lock.packages, at)) return at;
    if (!folder.includes('/node_modules/')) {
      return Object.hasOwn(lock.packages, `node_modules/${name}`)
        ? `node_modules/${name}`
        : undefined;
    }
  }
}

function entryFor(name, range, dev) {
  const words = name.replace(/^.*\//, '').split('-');
  const os = OS.find((word) => words.includes(word));
  const cpu = CPU.find((word) => words.includes(word));
  if (!os && !cpu) throw new Error(`${name}: its name does not say which platform it is for`);
  const musl = words.some((word) => word.startsWith('musl'));
  const glibc = words.some((word) => word.startsWith('gnu') || word === 'glibc');
  return {
    version: range.replace(/^[~^]/, ''),
    ...(cpu ? { cpu: [cpu] } : {}),
    ...(dev ? { dev: true } : {}),
    ...(musl ? { libc: ['musl'] } : glibc ? { libc: ['glibc'] } : {}),
    optional: true,
    ...(os ? { os: [os] } : {}),
  };
}
