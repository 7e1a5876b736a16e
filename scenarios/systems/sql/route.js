/**
 * Where clients find the primary: a port whose connections go to whichever node the file `primary` names at that moment. What is connected
 * stays so until one of both ends.
 *
 *   node route.js --port 5000 --folder /tmp/x --members s1=5001,s2=5002,s3=5003
 */
import { connect, createServer } from 'node:net';
import { parseArgs } from 'node:util';
import { readMembers, readPrimary } from './primary.js';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    folder: { type: 'string', default: '.' },
    members: { type: 'string', default: '' },
  },
});
const members = readMembers(values.members);

const server = createServer({ noDelay: true }, (client) => {
  const primary = readPrimary(values.folder);
  const port = primary === undefined ? undefined : members.get(primary);
  if (port === undefined) {
    client.destroy();
    return;
  }
  const node = connect({ port, host: '127.0.0.1', noDelay: true });
  client.pipe(node).pipe(client);
  for (const [one, other] of [
    [client, node],
    [node, client],
  ])
    one.on('error', () => {}).on('close', () => other.destroy());
});
server.listen(Number(values.port), '127.0.0.1', () => {
  process.stdout.write(`route.js listens on ${values.port}\n`);
});
