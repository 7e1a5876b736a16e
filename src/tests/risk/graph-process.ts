/**
 * The other half of the two-engine way, for the bench alone: the graph of funds in a process of its own, asked over a socket for each
 * payment. Takes event records, answers each with its vector of features.
 *
 *   event   8 x f64: kind, from, to, device, card, on credit, yuan, seconds
 *   answer  FEATURES x f64
 */
import { createServer } from 'node:net';
import { FEATURES } from '../../risk/engine/features.js';
import { blankEvent, engineFor, MEASURED } from './replay.js';

export const EVENT_BYTES = 8 * 8;
export const ANSWER_BYTES = FEATURES.length * 8;

if (process.argv[2] === 'serve') serve();

function serve(): void {
  const engine = engineFor(MEASURED);
  const event = blankEvent();
  const server = createServer({ noDelay: true }, (socket) => {
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const whole = Math.floor(bytes.length / EVENT_BYTES);
      const answers = Buffer.alloc(whole * ANSWER_BYTES);
      for (let i = 0; i < whole; i++) {
        const at = i * EVENT_BYTES;
        event.kind = bytes.readDoubleLE(at);
        event.from = bytes.readDoubleLE(at + 8);
        event.to = bytes.readDoubleLE(at + 16);
        event.device = bytes.readDoubleLE(at + 24);
        event.card = bytes.readDoubleLE(at + 32);
        event.onCredit = bytes.readDoubleLE(at + 40) === 1;
        event.yuan = bytes.readDoubleLE(at + 48);
        event.atS = bytes.readDoubleLE(at + 56);
        engine.judge(event);
        engine.apply(event);
        for (let place = 0; place < FEATURES.length; place++) {
          answers.writeDoubleLE(engine.features[place], i * ANSWER_BYTES + place * 8);
        }
      }
      rest = bytes.subarray(whole * EVENT_BYTES);
      socket.write(answers);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    process.stdout.write(`${address.port}\n`);
  });
  process.stdin.once('end', () => process.exit(0));
  process.stdin.resume();
}
