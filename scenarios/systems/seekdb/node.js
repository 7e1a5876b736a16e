/**
 * One node of seekdb: decides what it is to be, and then runs.
 *
 *   nobody is primary yet       it is the primary
 *   it is the primary           goes on with its data, after a crash too
 *   another is                  forgets what it has, and becomes its standby: what only it has would be in the way
 *
 *   node node.js --name n2 --folder /tmp/x --bin .../seekdb --members n1=5001,n2=5002 --rpc n1=5003,n2=5004 --through 127.0.0.1:6002
 *
 * `--rpc`: the ports by which the log is read. `--through`: where it reaches the first primary's, so that faults can come in between. A standby
 * that finds its primary not ready for it ends by itself, and begins anew.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMembers, readPrimary, writePrimary } from '../sql/primary.js';
import { ask } from './ask.js';

const text = { type: 'string', default: '' };
const { values } = parseArgs({
  options: { name: text, folder: text, bin: text, members: text, rpc: text, through: text },
});
const { name, folder } = values;
const members = readMembers(values.members);
const rpc = readMembers(values.rpc);
const data = join(folder, name);
const [first] = members.keys();
const LOOK_MS = 100;
const BEGINNINGS_MAX = 10;

if (!existsSync(join(folder, 'primary'))) writePrimary(folder, name);
const primary = await whoIsPrimary();
for (let beginning = 1; ; beginning++) {
  const seekdb = start();
  const ended = new Promise((resolve) => seekdb.once('exit', resolve));
  if (await Promise.race([isReady(), ended.then(() => false)])) {
    process.stdout.write(`${name} is ready as ${primary === name ? 'primary' : 'standby'}\n`);
    process.exitCode = (await ended) ?? 1;
    break;
  }
  if (primary === name || beginning === BEGINNINGS_MAX)
    throw new Error(`seekdb ended by itself; see ${join(data, 'log')}`);
  process.stdout.write(`${name} ended by itself, and begins anew\n`);
}

async function whoIsPrimary() {
  for (;;) {
    const found = readPrimary(folder);
    if (found !== undefined) return found;
    await delay(LOOK_MS);
  }
}

function start() {
  if (primary !== name) rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const seekdb = spawn(values.bin, [...settings(), ...(primary === name ? [] : standby())], {
    cwd: data,
    // It reports to its maker otherwise.
    env: { ...process.env, TELEMETRY_ENABLED: '0' },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => seekdb.kill('SIGTERM'));
  return seekdb;
}

function settings() {
  const parameters = {
    datafile_size: '512M',
    datafile_maxsize: '2G',
    log_disk_size: '2G',
    enable_rpc_service: 'True',
    rpc_port: rpc.get(name),
  };
  return [
    ...['--nodaemon', '--port', String(members.get(name)), '--base-dir', data],
    ...parameterOptions(parameters),
    ...['--log-level', 'WARN'],
  ];
}

function standby() {
  const through = primary === first ? values.through : '';
  const source = through || `127.0.0.1:${rpc.get(primary)}`;
  return ['--role', 'STANDBY', ...parameterOptions({ log_restore_source: source })];
}

function parameterOptions(parameters) {
  return Object.entries(parameters).flatMap(([key, value]) => ['--parameter', `${key}=${value}`]);
}

async function isReady() {
  for (;;) {
    try {
      await ask(members.get(name), 'SELECT COUNT(*) FROM mysql.user');
      return true;
    } catch {
      await delay(LOOK_MS);
    }
  }
}
