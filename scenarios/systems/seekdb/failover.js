/**
 * Makes the standby the primary after the primary died. Nothing is asked about how far it is: replication is asynchronous, and there
 * is no other node to ask. It refuses while the old primary runs.
 *
 *   node failover.js --folder /tmp/x --members n1=5001,n2=5002
 */
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readMembers, readPrimary, writePrimary } from '../sql/primary.js';
import { ask } from './ask.js';

const text = { type: 'string', default: '' };
const { values } = parseArgs({ options: { folder: text, members: text } });
const members = readMembers(values.members);
const LOOK_MS = 20;
/** OB_STANDBY_READ_ONLY */
const READ_ONLY = 4688;

const old = readPrimary(values.folder);
if (old === undefined) throw new Error('somebody else is at it');
if (await runs(old)) throw new Error(`the primary ${old} runs`);
writePrimary(values.folder);
const [chosen] = [...members.keys()].filter((name) => name !== old);
const port = members.get(chosen);
await ask(port, 'ALTER SYSTEM ACTIVATE STANDBY');
while (!(await takesWrites())) await delay(LOOK_MS);
writePrimary(values.folder, chosen);

async function runs(name) {
  try {
    await ask(members.get(name), 'SELECT 1');
    return true;
  } catch {
    return false;
  }
}

/** A standby answers that it is read only. */
async function takesWrites() {
  try {
    await ask(port, 'CREATE TABLE IF NOT EXISTS test.failovers (id INT PRIMARY KEY)');
    return true;
  } catch (error) {
    if (error.errno === READ_ONLY) return false;
    throw error;
  }
}
