/**
 * Sockets that read into one buffer of their own instead of a new one for each read. Node allocates 64 KiB a read
 * and gives it back by garbage collection, which was about half of what a link without toxics costs.
 *
 * For the socket we dial this is Node's documented `onread` option. For an accepted socket there is no such option
 * on the server, so its handle is moved into a new Socket that has it (`handle` is what cluster and child_process
 * use to do the same). Where a Node has no such handle, and for connections beyond BULK_SOCKETS_MAX, whose buffers
 * would add up, an ordinary socket does the work: `undefined` says so.
 */
import { connect, Socket } from 'node:net';
import type { Address } from './address.js';

/** Bytes of the one buffer: the view is valid during the call. False: do not read on until `resume`. */
export type OnView = (view: Buffer) => boolean;

/** Of both sockets of a connection. The buffer takes several reads before it asks for a pause. */
export const SOCKET_OPTIONS = {
  allowHalfOpen: true,
  noDelay: true,
  highWaterMark: 256 * 1024,
} as const;

const READ_BYTES = 128 * 1024;
const BULK_SOCKETS_MAX = 512;
let open = 0;

export function dialBulk(address: Address, onView: OnView): Socket | undefined {
  if (open >= BULK_SOCKETS_MAX) return undefined;
  return counted(connect({ ...address, ...SOCKET_OPTIONS, onread: readInto(onView) }));
}

/** The accepted socket must be paused and must not be used any more when another one is returned. */
export function adoptBulk(accepted: Socket, onView: OnView): Socket | undefined {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (open >= BULK_SOCKETS_MAX || typeof handle !== 'object' || handle === null) return undefined;
  // Without its handle the accepted socket closes nothing but its entry in the server's count.
  Reflect.set(accepted, '_handle', null);
  accepted.destroy();
  const options = { handle, ...SOCKET_OPTIONS, onread: readInto(onView) };
  return counted(new Socket(options));
}

function readInto(onView: OnView): {
  buffer: Buffer;
  callback: (bytes: number, buffer: Uint8Array) => boolean;
} {
  const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
  // Messages of one size in a row need no new view.
  let view = buffer;
  const callback = (bytes: number): boolean => {
    if (view.length !== bytes) view = buffer.subarray(0, bytes);
    return onView(view);
  };
  return { buffer, callback };
}

function counted(socket: Socket): Socket {
  open += 1;
  socket.once('close', () => {
    open -= 1;
  });
  return socket;
}
