import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DirectWriter, directWriter } from './direct-write.js';
import { End, until } from './testing/test-pair.js';

let server: Server;
let socket: Socket;
let peer: End;
let told: number;
let direct: DirectWriter;

beforeEach(async () => {
  server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepted = once(server, 'connection');
  socket = connect({ ...Object(server.address()), host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  await once(socket, 'connect');
  [peer] = (await accepted).map((each) => new End(each));
  told = 0;
  direct = writerOf(socket);
});

afterEach(() => {
  socket.destroy();
  peer.socket.destroy();
  server.close();
});

describe('a direct write', () => {
  it('is on its way when it returns, with nothing told later', async () => {
    for (const word of ['one ', 'two ', 'three']) {
      expect(direct.write(Buffer.from(word))).toBe('written');
    }
    await until(() => peer.text === 'one two three');
    expect(told).toBe(0);
  });

  it('that has to wait is told when its bytes have left, and what is written or ended after it comes after it', async () => {
    const sentBytes = fill();
    socket.end('behind');
    expect(told).toBe(0);
    peer.socket.resume();
    await until(() => peer.ended);
    expect(told).toBe(1);
    expect(peer.bytes).toBe(sentBytes + 'behind'.length);
    expect(peer.received.subarray(0, sentBytes).every((byte) => byte === 7)).toBe(true);
    expect(peer.received.subarray(sentBytes).toString()).toBe('behind');
  });

  it('waits and goes on any number of times', async () => {
    let sentBytes = 0;
    for (let round = 1; round <= 5; round++) {
      sentBytes += fill();
      peer.socket.resume();
      await until(() => peer.bytes === sentBytes);
      expect(told).toBe(round);
    }
  });

  it('that waits is told when the peer breaks, and the socket closes', async () => {
    fill();
    peer.socket.resetAndDestroy();
    await until(() => socket.closed && told === 1);
  });

  it('to a socket that was destroyed is refused', () => {
    socket.destroy();
    expect(direct.write(Buffer.from('late'))).toBe('refused');
  });
});

it('there is none for a socket that was closed before', async () => {
  socket.destroy();
  await once(socket, 'close');
  expect(directWriter(socket, () => {})).toBeUndefined();
});

function writerOf(connected: Socket): DirectWriter {
  const writer = directWriter(connected, () => {
    told += 1;
  });
  if (writer === undefined) throw new Error('this Node does not offer direct writes');
  return writer;
}

/** Writes until a write has to wait, to a peer that stops reading; returns the bytes of all. */
function fill(): number {
  peer.socket.pause();
  const chunk = Buffer.alloc(1024 * 1024, 7);
  for (let writes = 1; writes <= 64; writes++) {
    const answer = direct.write(chunk);
    if (answer === 'waiting') return writes * chunk.length;
    expect(answer).toBe('written');
  }
  throw new Error('64 MB were taken without a wait');
}
