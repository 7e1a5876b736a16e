/**
 * The answer to one request frame while it fills: the acks of its n operations in their order. It leaves when the
 * last is in.
 */
import { ACK_BYTES } from '../../wire/acks.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  type BoltFrame,
  boltContentAt,
  boltFrameBytes,
  writeBoltHead,
} from '../../wire/bolt.js';
import type { AckSink } from '../payments/ack-sink.js';

export interface FrameSender {
  send(frame: Buffer): void;
}

type Request = Pick<BoltFrame, 'protocol' | 'requestId'>;

export class RequestReply implements AckSink {
  readonly #to: FrameSender;
  readonly #frame: Buffer;
  readonly #contentAt: number;
  #owed: number;
  readonly view: DataView;

  constructor(to: FrameSender, request: Request, count: number) {
    const { protocol, requestId } = request;
    const head = {
      protocol,
      type: BOLT_TYPE.response,
      command: BOLT_COMMAND.response,
      requestId,
      codec: BOLT_CODEC.record,
      status: BOLT_STATUS.success,
      className: BOLT_CLASS.acks,
      contentBytes: count * ACK_BYTES,
    };
    this.#to = to;
    this.#frame = Buffer.allocUnsafe(boltFrameBytes(head));
    writeBoltHead(this.#frame, 0, head);
    this.#contentAt = boltContentAt(head);
    this.view = new DataView(this.#frame.buffer, this.#frame.byteOffset, this.#frame.length);
    this.#owed = count;
    if (count === 0) to.send(this.#frame);
  }

  place(position: number): number {
    return this.#contentAt + position * ACK_BYTES;
  }

  placed(): void {
    this.#owed--;
    if (this.#owed === 0) this.#to.send(this.#frame);
  }
}
