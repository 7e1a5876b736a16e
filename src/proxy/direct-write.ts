/**
 * Writes to a connected socket without the machinery of its stream: queue, callbacks and a tick for each write were about a
 * tenth of what a small message costs on a link without toxics.
 *
 *   socket.write:  Writable -> Socket -> handle.writeBuffer -> kernel, then a tick for the callback
 *   here:                                handle.writeBuffer -> kernel
 *
 * `handle` is what Node's own Socket writes to, with the same request object; one request serves all writes that the kernel
 * takes at once, for it is bound only to a write that has to wait. What waits leaves in order: libuv queues every later write
 * and the shutdown behind it. Where a Node does not offer these parts `directWriter` is undefined and the stream does the work.
 */
import type { Socket } from 'node:net';

export interface DirectWriter {
  /**
   * The socket's stream must hold nothing. 'waiting': the bytes of the view must stay as they are until `onWritten`.
   * 'refused': nothing was written, and the stream's own `write` will tell why.
   */
  write(view: Buffer): 'written' | 'waiting' | 'refused';
}

interface WriteRequest {
  oncomplete: (status: number) => void;
  /** Keeps the bytes alive while they wait. */
  buffer?: Buffer;
}

interface StreamHandle {
  /** 0, or the negative number of a system error. */
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
}

interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  /** What the last call did, of any handle of this thread. */
  readonly streamBaseState: Readonly<Record<number, number>>;
  readonly kLastWriteWasAsync: number;
}

const binding = streamBinding();

/** `onWritten` follows each write that had to wait, once it is done or has failed. */
export function directWriter(socket: Socket, onWritten: () => void): DirectWriter | undefined {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (binding === undefined || !isStreamHandle(handle)) return undefined;
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = binding;
  const oncomplete = (status: number): void => {
    // Destroying a socket that is destroyed already changes nothing.
    if (status < 0) socket.destroy();
    onWritten();
  };
  const newRequest = (): WriteRequest => Object.assign(new WriteWrap(), { oncomplete });
  let request = newRequest();
  return {
    write: (view) => {
      if (handle.writeBuffer(request, view) !== 0) return 'refused';
      if (streamBaseState[kLastWriteWasAsync] === 0) return 'written';
      request.buffer = view;
      request = newRequest();
      return 'waiting';
    },
  };
}

/** `process.binding` is deprecated and may be gone or forbidden in another Node. */
function streamBinding(): StreamBinding | undefined {
  try {
    const parts: unknown = Reflect.get(process, 'binding')?.call(process, 'stream_wrap');
    return isStreamBinding(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isStreamBinding(parts: unknown): parts is StreamBinding {
  if (typeof parts !== 'object' || parts === null) return false;
  const { WriteWrap, streamBaseState, kLastWriteWasAsync }: Partial<StreamBinding> = parts;
  return (
    typeof WriteWrap === 'function' &&
    typeof kLastWriteWasAsync === 'number' &&
    typeof streamBaseState?.[kLastWriteWasAsync] === 'number'
  );
}

function isStreamHandle(handle: unknown): handle is StreamHandle {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    'writeBuffer' in handle &&
    typeof handle.writeBuffer === 'function'
  );
}
