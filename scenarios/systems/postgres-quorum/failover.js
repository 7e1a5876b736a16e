/**
 * Makes a standby the primary after the primary died: the one that has received more, or with `--promote lowest` the other one, as a
 * failover that looks at nothing would now and then.
 *
 *   nobody is primary -> standbys hear no more of the old one -> both say how far they are -> one is promoted -> the other follows it
 *
 * With `ANY 1` of two standbys an acknowledged commit is on at least one of them: so both must answer, and it refuses to choose where
 * one does not. It refuses, too, while the old primary runs.
 *
 *   node failover.js --folder /tmp/x --bin /usr/lib/postgresql/15/bin --members s1=5001,s2=5002,s3=5003 --promote highest
 */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMembers, readPrimary, writePrimary } from '../sql/primary.js';

const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.' },
    bin: { type: 'string', default: '' },
    members: { type: 'string', default: '' },
    promote: { type: 'string', default: 'highest' },
  },
});
const members = readMembers(values.members);
const LOOK_MS = 20;
const PSQL = ['-X', '-A', '-t', '-q', '-U', 'postgres', '-d', 'postgres', '-h', '127.0.0.1'];

const old = readPrimary(values.folder);
if (old === undefined) throw new Error('somebody else is at it');
if (runs(old)) throw new Error(`the primary ${old} runs`);
writePrimary(values.folder);
const standbys = [...members.keys()].filter((name) => name !== old);
for (const name of standbys) replicateFrom(name, '');
for (const name of standbys)
  await until(() => ask(name, 'SELECT count(*) FROM pg_stat_wal_receiver') === '0');
const byProgress = standbys
  .map((name) => ({ name, received: receivedBy(name) }))
  .sort((one, other) => (one.received < other.received ? 1 : -1));
process.stdout.write(
  `${byProgress.map(({ name, received }) => `${name} ${received}`).join(', ')}\n`,
);
const chosen = (values.promote === 'lowest' ? byProgress.at(-1) : byProgress[0])?.name ?? '';
ask(chosen, 'SELECT pg_promote(true, 20)');
await until(() => ask(chosen, 'SELECT pg_is_in_recovery()') === 'f');
// Before PostgreSQL 16 pg_rewind believes the last checkpoint, and without a new one finds nothing to rewind.
ask(chosen, 'CHECKPOINT');
const address = `host=127.0.0.1 port=${members.get(chosen)} user=postgres`;
for (const name of standbys)
  if (name !== chosen) replicateFrom(name, `${address} application_name=${name}`);
writePrimary(values.folder, chosen);

function replicateFrom(name, conninfo) {
  ask(name, `ALTER SYSTEM SET primary_conninfo = '${conninfo}'`, 'SELECT pg_reload_conf()');
}

/** Received and synced to its disk, in bytes. */
function receivedBy(name) {
  return BigInt(ask(name, "SELECT pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')"));
}

function runs(name) {
  try {
    ask(name, 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

/** What the last statement returned. */
function ask(name, ...statements) {
  const commands = statements.flatMap((statement) => ['-c', statement]);
  const args = [...PSQL, '-p', String(members.get(name)), ...commands];
  const how = {
    encoding: 'utf8',
    env: { ...process.env, PGCONNECT_TIMEOUT: '2' },
    timeout: 25_000,
  };
  return execFileSync(join(values.bin, 'psql'), args, how).trim().split('\n').at(-1);
}

async function until(isSo) {
  while (!isSo()) await delay(LOOK_MS);
}
