/**
 * One call that streams, of whatever kind: what is written goes out, what comes is told to the script's listeners, one after the
 * other, when it is their turn. The iteration lasts until the server has ended it and the last listener has returned.
 */
import type { GrpcEnd, GrpcStream } from '../../../ports/grpc.js';
import { isFunction } from '../../../vu/script-values.js';
import type { Callable } from './client.js';
import { decodeMessage, encodeMessage } from './message-json.js';
import { CallMeter } from './meter.js';
import { callParams } from './params.js';
import { errorOf } from './response.js';
import { STATUS } from './status.js';

type Listener = (...args: unknown[]) => unknown;
const EVENTS = ['data', 'error', 'end'] as const;
type Event = (typeof EVENTS)[number];

export class Stream {
  readonly #call: Callable;
  readonly #meter: CallMeter;
  readonly #stream: GrpcStream;
  readonly #listeners: Record<Event, Listener[]> = { data: [], error: [], end: [] };
  /** The iteration need not last any longer. */
  readonly #done: () => void;
  #isEnded = false;

  constructor(call: Callable, params: unknown) {
    const { vu, connection, path } = call;
    const { metadata, tags, timeoutMs } = callParams(params, Number.POSITIVE_INFINITY);
    this.#call = call;
    this.#meter = new CallMeter(vu, { ...call, tags });
    this.#meter.streamBegan();
    this.#done = vu.background.opened(() => this.#stream.cancel());
    this.#stream = connection.stream(
      { path, metadata, timeoutMs },
      { message: (bytes) => this.#message(bytes), ended: (end) => this.#ended(end) },
    );
  }

  on(event: unknown, listener: unknown): void {
    const name = EVENTS.find((one) => one === event);
    if (name === undefined)
      throw new Error(`unknown event ${JSON.stringify(event)}: there are ${EVENTS.join(', ')}`);
    if (!isFunction(listener)) throw new TypeError(`on("${name}") needs a function`);
    this.#listeners[name].push(listener);
  }

  write(request: unknown): void {
    const { vu, method, schema } = this.#call;
    const bytes = encodeMessage(method.input, request, schema.registry);
    if (vu.interrupted) return;
    if (this.#isEnded) {
      vu.thread.host.log('warn', 'a message was written to a gRPC stream that has ended; not sent');
      return;
    }
    this.#stream.write(bytes);
    this.#meter.streamSent(bytes);
  }

  /** No more is written; the server may go on. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#stream.end();
  }

  #message(bytes: Uint8Array): void {
    const { vu, method, schema } = this.#call;
    if (vu.interrupted) return;
    this.#meter.streamReceived(bytes);
    const ts = nowUnixMs(vu.thread.host);
    this.#tell('data', () => [decodeMessage(method.output, bytes, schema.registry), { ts }]);
  }

  #ended(end: GrpcEnd): void {
    const { vu, schema } = this.#call;
    if (vu.interrupted) return;
    this.#isEnded = true;
    this.#meter.ended(end.code);
    // The client itself has closed it where it is canceled.
    if (end.code !== STATUS.StatusOK && end.code !== STATUS.StatusCanceled) {
      const ts = nowUnixMs(vu.thread.host);
      this.#tell('error', () => [errorOf(end, schema.registry), { ts }]);
    }
    this.#tell('end', () => []);
    vu.background.call(() => undefined, this.#done);
  }

  /** To those that listen by then: a script may add some while it waits. */
  #tell(event: Event, args: () => readonly unknown[]): void {
    this.#call.vu.background.call(() => {
      const given = args();
      const listeners = this.#listeners[event];
      return listeners.length > 1 ? inOrder(listeners, given) : listeners[0]?.(...given);
    });
  }
}

async function inOrder(listeners: readonly Listener[], given: readonly unknown[]): Promise<void> {
  for (const listener of listeners) await listener(...given);
}

/** With parts of a millisecond. */
function nowUnixMs(host: Callable['vu']['thread']['host']): number {
  return host.startedUnixMs + host.clock.nowUs() / 1000;
}
