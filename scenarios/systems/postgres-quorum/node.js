/**
 * One node: makes its data where there is none, decides what it is to be, and then runs PostgreSQL.
 *
 *   no data, nobody is primary yet       initdb, and it is the primary
 *   no data, somebody else is            pg_basebackup from there
 *   data, somebody else is by now        pg_rewind: what only it has goes; then it follows
 *
 *   node node.js --name s2 --folder /tmp/x --bin /usr/lib/postgresql/15/bin --members s1=5001,s2=5002 --through 127.0.0.1:6002 -- -c ...
 *
 * `--through`: where it reaches the first primary, so that faults can come in between. What stands after `--` goes to PostgreSQL.
 */
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMembers, readPrimary, writePrimary } from '../sql/primary.js';

const { values, positionals } = parseArgs({
  options: {
    name: { type: 'string', default: '' },
    folder: { type: 'string', default: '.' },
    bin: { type: 'string', default: '' },
    members: { type: 'string', default: '' },
    through: { type: 'string' },
  },
  allowPositionals: true,
});
const { name, folder, bin } = values;
const members = readMembers(values.members);
const data = join(folder, name);
const [first = ''] = members.keys();
const LOOK_MS = 50;

if (!existsSync(join(folder, 'primary'))) begin();
const primary = await whoIsPrimary();
if (primary === name) rmSync(join(data, 'standby.signal'), { force: true });
else follow(primary);
runPostgres();

function begin() {
  const how = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-locale', '-k', '-N'];
  run('initdb', '-D', data, ...how);
  appendFileSync(join(data, 'pg_hba.conf'), 'host replication all 127.0.0.1/32 trust\n');
  writePrimary(folder, name);
}

async function whoIsPrimary() {
  for (;;) {
    const found = readPrimary(folder);
    if (found !== undefined) return found;
    await delay(LOOK_MS);
  }
}

function follow(leader) {
  if (!existsSync(data)) copyFrom(leader);
  else if (!existsSync(join(data, 'standby.signal'))) rewind(leader);
  writeFileSync(join(data, 'standby.signal'), '');
  const [host, port] = leader === first && values.through ? values.through.split(':') : [];
  appendFileSync(
    join(data, 'postgresql.auto.conf'),
    `primary_conninfo = '${addressOf(leader, { host, port })} application_name=${name}'\n`,
  );
}

/** What was committed here and nowhere else is forgotten; where that cannot be told apart, all is copied anew. */
function rewind(leader) {
  const source = `${addressOf(leader)} dbname=postgres`;
  const failure = failureOf('pg_rewind', '-D', data, '--source-server', source, '-N');
  if (failure === undefined) return;
  process.stdout.write(`${failure}\n`);
  rmSync(data, { recursive: true });
  copyFrom(leader);
}

function copyFrom(leader) {
  run('pg_basebackup', '-d', addressOf(leader), '-D', data, '-X', 'stream', '-c', 'fast', '-N');
}

function addressOf(member, { host = '127.0.0.1', port = members.get(member) } = {}) {
  return `host=${host} port=${port} user=postgres`;
}

function runPostgres() {
  const args = ['-D', data, '-c', `port=${members.get(name)}`, ...positionals];
  const postgres = spawn(join(bin, 'postgres'), args, { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => postgres.kill('SIGINT'));
  postgres.once('exit', (code) => process.exit(code ?? 1));
}

function run(program, ...args) {
  const failure = failureOf(program, ...args);
  if (failure === undefined) return;
  process.stderr.write(`${failure}\n`);
  process.exit(1);
}

/** In one line; undefined where it ended with 0. */
function failureOf(program, ...args) {
  const { error, status, stderr } = spawnSync(join(bin, program), args, { encoding: 'utf8' });
  if (error) return error.message;
  return status === 0
    ? undefined
    : `${program} ended ${status}: ${stderr.trim().replaceAll('\n', '; ')}`;
}
