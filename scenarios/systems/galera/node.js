/**
 * One node: makes its data where there is none, and runs MariaDB with Galera. The first one founds the cluster the first time that it is
 * started; whoever is started later joins it, and copies what it lacks from a node that is there. Where all crashed, they go on when all are back (`pc.recovery`).
 *
 *   node node.js --name n1 --folder /tmp/x --provider /usr/lib/galera/libgalera_smm.so --members n1=7001,n2=7002 --port 3306 --ist 7003 --sst 7004 -- --flag ...
 *
 * `--members`: the ports by which nodes speak with each other. What stands after `--` goes to MariaDB.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const text = { type: 'string', default: '' };
const { values, positionals } = parseArgs({
  options: {
    name: text,
    folder: text,
    provider: text,
    members: text,
    port: text,
    ist: text,
    sst: text,
  },
  allowPositionals: true,
});
const { name, folder } = values;
const data = join(folder, name);
const founded = join(folder, 'founded');
const members = new Map(values.members.split(',').map((member) => member.split('=')));
const peers = [...members].filter(([member]) => member !== name).map(([, port]) => port);
const own = members.get(name);

const recovered = existsSync(data) ? startPosition() : [];
if (!existsSync(data)) makeData();
const isFounder = !existsSync(founded);
if (isFounder) writeFileSync(founded, '');
const mariadb = spawn(
  'mariadbd',
  [...settings(), ...(isFounder ? ['--wsrep-new-cluster'] : recovered)],
  {
    stdio: 'inherit',
  },
);
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => mariadb.kill('SIGTERM'));
mariadb.once('exit', (code) => process.exit(code ?? 1));

function makeData() {
  const how = ['--no-defaults', '--auth-root-authentication-method=normal', '--skip-test-db'];
  execFileSync('mariadb-install-db', [...how, `--datadir=${data}`], { stdio: 'ignore' });
}

/** How far it was when it crashed: then it needs only what it lacks, and others may copy from it. */
function startPosition() {
  const { stderr } = spawnSync('mariadbd', [...settings(), '--wsrep-recover'], {
    encoding: 'utf8',
  });
  const position = /Recovered position:\s*(\S+)/.exec(stderr)?.[1];
  process.stdout.write(`it was at ${position}\n`);
  return position === undefined ? [] : [`--wsrep-start-position=${position}`];
}

function settings() {
  const { provider, port, ist, sst } = values;
  const group = {
    base_host: '127.0.0.1',
    base_port: own,
    'gmcast.listen_addr': `tcp://127.0.0.1:${own}`,
    'ist.recv_addr': `127.0.0.1:${ist}`,
    // A node that says nothing for so long is no longer counted.
    'evs.keepalive_period': 'PT0.5S',
    'evs.inactive_check_period': 'PT0.25S',
    'evs.suspect_timeout': 'PT2S',
    'evs.inactive_timeout': 'PT3S',
  };
  const options = Object.entries(group).map(([key, value]) => `${key}=${value}`);
  return [
    '--no-defaults',
    `--datadir=${data}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, `${name}.sock`)}`,
    '--binlog-format=ROW',
    '--innodb-autoinc-lock-mode=2',
    '--innodb-buffer-pool-size=64M',
    '--max-connections=400',
    '--wsrep-on=ON',
    `--wsrep-provider=${provider}`,
    '--wsrep-cluster-name=drill',
    `--wsrep-cluster-address=gcomm://${peers.map((peer) => `127.0.0.1:${peer}`).join(',')}`,
    `--wsrep-node-name=${name}`,
    '--wsrep-node-address=127.0.0.1',
    '--wsrep-sst-method=rsync',
    `--wsrep-sst-receive-address=127.0.0.1:${sst}`,
    `--wsrep-provider-options=${options.join(';')}`,
    ...positionals,
  ];
}
