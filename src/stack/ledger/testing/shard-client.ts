/**
 * A bare client of one shard, for this room's tests and benches: sends command frames, hands out acks as they come,
 * asks admin requests. The product's own client is the gateway's.
 */
import { connect, type Socket } from 'node:net';
import type {
  OpenBranchesAnswer,
  OpenRange,
  ShardRequest,
  ShardStats,
} from '../../../wire/admin.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
} from '../../../wire/bolt.js';

export function commandsFrame(content: Uint8Array): Buffer {
  const head = {
    type: BOLT_TYPE.oneWay,
    command: BOLT_COMMAND.request,
    requestId: 0,
    codec: BOLT_CODEC.record,
    className: BOLT_CLASS.commands,
  };
  return encodeBoltFrame(head, content);
}

interface Waiting {
  readonly resolve: (content: Buffer) => void;
  readonly reject: (error: Error) => void;
}

export class ShardClient {
  /** Content of each ack frame, valid during the call. */
  onAcks: (content: Uint8Array) => void = () => undefined;
  readonly #socket: Socket;
  readonly #waiting = new Map<number, Waiting>();
  #requests = 0;
  readonly closed: Promise<void>;

  static async connect(address: string): Promise<ShardClient> {
    const [host, port] = address.split(':');
    const socket = connect({ host, port: Number(port), noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new ShardClient(socket);
  }

  constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new BoltReader((frame) => this.#frame(frame));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', () => socket.destroy());
    this.closed = new Promise((resolve) => {
      socket.on('close', () => {
        for (const { reject } of this.#waiting.values()) reject(new Error('connection closed'));
        this.#waiting.clear();
        resolve();
      });
    });
  }

  /** Whole command records, one frame. */
  send(content: Uint8Array): void {
    this.#socket.write(commandsFrame(content));
  }

  /** Bytes as they are. */
  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Raw content of the answer; rejects with the shard's own words. */
  ask(request: ShardRequest): Promise<Buffer> {
    const content = Buffer.from(JSON.stringify(request));
    return this.#request(content, BOLT_COMMAND.request);
  }

  heartbeat(): Promise<Buffer> {
    return this.#request(Buffer.alloc(0), BOLT_COMMAND.heartbeat);
  }

  async open(ranges: readonly OpenRange[]): Promise<void> {
    await this.ask({ op: 'open', ranges });
  }

  async stats(): Promise<ShardStats> {
    return JSON.parse((await this.ask({ op: 'stats' })).toString());
  }

  async openBranches(olderThanMs: number): Promise<OpenBranchesAnswer> {
    const answer = await this.ask({ op: 'open_branches', olderThanMs, limit: 1000 });
    return JSON.parse(answer.toString());
  }

  close(): void {
    this.#socket.destroy();
  }

  #request(content: Uint8Array, command: number): Promise<Buffer> {
    const requestId = ++this.#requests;
    const head = {
      type: BOLT_TYPE.request,
      command,
      requestId,
      codec: BOLT_CODEC.json,
      className: command === BOLT_COMMAND.request ? BOLT_CLASS.admin : '',
    };
    this.#socket.write(encodeBoltFrame(head, content));
    return new Promise((resolve, reject) => this.#waiting.set(requestId, { resolve, reject }));
  }

  #frame(frame: BoltFrame): void {
    if (frame.type === BOLT_TYPE.oneWay) {
      this.onAcks(frame.content);
      return;
    }
    const waiting = this.#waiting.get(frame.requestId);
    this.#waiting.delete(frame.requestId);
    const content = Buffer.from(frame.content);
    if (frame.status === BOLT_STATUS.success) waiting?.resolve(content);
    else waiting?.reject(new Error(content.toString()));
  }
}
