/**
 * For tests and benches: a small Bolt client of the gateway. One promise an operation is good enough here.
 */

import { connect, type Socket } from 'node:net';
import { knownKind } from '../../../products/kinds.js';
import { formatAccount } from '../../../wire/accounts.js';
import { ACK, ACK_BYTES, OUTCOME, type Outcome } from '../../../wire/acks.js';
import { addressOf } from '../../../wire/address.js';
import {
  BOLT_BODY_MAX,
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_PROTOCOL,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
} from '../../../wire/bolt.js';
import { readInt64, readUint64, writeUint64 } from '../../../wire/bytes.js';
import {
  makeOperationId,
  type OperationIdWords,
  writeOperationId,
} from '../../../wire/operation-id.js';
import { CURRENCY_CNY, OP, OPERATION_BYTES, OPERATION_FLAG } from '../../../wire/operations.js';
import { resultName } from '../../../wire/results.js';

export interface Operation {
  /** By name, those of products too. */
  readonly kind: string;
  readonly id?: OperationIdWords;
  readonly account: number;
  readonly counterparty?: number;
  readonly amount?: number;
  readonly reference?: OperationIdWords;
  readonly timeoutS?: number;
  readonly retry?: boolean;
  readonly channel?: number;
}

export interface Ack {
  readonly tag: number;
  readonly outcome: Outcome;
  readonly code: string;
  /** `user:7` -> balance and version after. */
  readonly legs: Readonly<Record<string, { readonly balance: number; readonly version: number }>>;
}

export interface Response {
  readonly status: number;
  readonly command: number;
  readonly className: string;
  readonly content: Buffer;
}

let made = 0;

/** A fresh id, made now. */
export function freshId(): OperationIdWords {
  made++;
  const free32 = Math.floor(Math.random() * 2 ** 32);
  return makeOperationId({ unixMs: Date.now(), free12: made >>> 12, free30: made, free32 });
}

export class BoltClient {
  readonly #socket: Socket;
  #requestId = 0;
  #tag = 0;
  readonly #responses = new Map<number, (response: Response | undefined) => void>();
  readonly #acks = new Map<number, (ack: Ack) => void>();
  /** One-way ack frames: acks in each. */
  readonly oneWayFrames: number[] = [];
  readonly closed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new BoltReader((frame) => this.#onFrame(frame), BOLT_BODY_MAX, BOLT_PROTOCOL.v1);
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        resolve();
        for (const waiting of this.#responses.values()) waiting(undefined);
        const lost: Ack = { tag: 0, outcome: 'unknown', code: 'connection_lost', legs: {} };
        for (const waiting of this.#acks.values()) waiting(lost);
      });
    });
  }

  static async connect(address: string): Promise<BoltClient> {
    const { host, port } = addressOf(address);
    const socket = connect({ host, port, noDelay: true });
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('error', reject);
    });
    return new BoltClient(socket);
  }

  get socket(): Socket {
    return this.#socket;
  }

  close(): void {
    this.#socket.destroy();
  }

  /** One operation as a request of its own. */
  async ask(operation: Operation, timeoutMs = 0): Promise<Ack> {
    const [ack] = await this.request([operation], timeoutMs);
    if (ack === undefined) throw new Error('no ack');
    return ack;
  }

  /** n operations in one request frame; n acks in their order. */
  async request(operations: readonly Operation[], timeoutMs = 0): Promise<Ack[]> {
    const content = Buffer.alloc(operations.length * OPERATION_BYTES);
    operations.forEach((one, i) => {
      this.#tag++;
      writeOperation(content, i * OPERATION_BYTES, one, this.#tag);
    });
    const response = await this.raw({ content, timeoutMs });
    if (response === undefined) throw new Error('the connection broke');
    if (response.status !== 0) throw new Error(`status ${response.status}: ${response.content}`);
    return readAcks(response.content);
  }

  /** n operations one way; each promise ends with its ack. */
  oneWay(operations: readonly Operation[], timeoutMs = 0): Promise<Ack>[] {
    const content = Buffer.alloc(operations.length * OPERATION_BYTES);
    const acks = operations.map((one, i) => {
      this.#tag++;
      const tag = this.#tag;
      writeOperation(content, i * OPERATION_BYTES, one, tag);
      return new Promise<Ack>((resolve) => this.#acks.set(tag, resolve));
    });
    this.#socket.write(
      encodeBoltFrame(
        {
          type: BOLT_TYPE.oneWay,
          command: BOLT_COMMAND.request,
          requestId: 0,
          codec: BOLT_CODEC.record,
          timeoutMs,
          className: BOLT_CLASS.operations,
        },
        content,
      ),
    );
    return acks;
  }

  async admin(body: unknown): Promise<unknown> {
    const content = Buffer.from(JSON.stringify(body));
    const head = { codec: BOLT_CODEC.json, className: BOLT_CLASS.admin };
    const response = await this.raw({ ...head, content });
    return JSON.parse(String(response?.content));
  }

  /** Any request frame; undefined when the connection ended instead. */
  raw(request: {
    readonly content: Uint8Array;
    readonly className?: string;
    readonly codec?: number;
    readonly timeoutMs?: number;
    readonly command?: number;
    readonly crc?: boolean;
  }): Promise<Response | undefined> {
    this.#requestId++;
    const requestId = this.#requestId;
    return new Promise((resolve) => {
      this.#responses.set(requestId, resolve);
      this.#socket.write(
        encodeBoltFrame(
          {
            type: BOLT_TYPE.request,
            command: request.command ?? BOLT_COMMAND.request,
            requestId,
            codec: request.codec ?? BOLT_CODEC.record,
            timeoutMs: request.timeoutMs ?? 0,
            className: request.className ?? BOLT_CLASS.operations,
            crc: request.crc ?? false,
          },
          request.content,
        ),
      );
    });
  }

  #onFrame(frame: BoltFrame): void {
    if (frame.type === BOLT_TYPE.response) {
      const { status, command, className } = frame;
      const content = Buffer.from(frame.content);
      this.#responses.get(frame.requestId)?.({ status, command, className, content });
      this.#responses.delete(frame.requestId);
      return;
    }
    const acks = readAcks(Buffer.from(frame.content));
    this.oneWayFrames.push(acks.length);
    for (const ack of acks) {
      this.#acks.get(ack.tag)?.(ack);
      this.#acks.delete(ack.tag);
    }
  }
}

export function writeOperation(
  target: Buffer,
  at: number,
  operation: Operation,
  tag: number,
): void {
  const view = new DataView(target.buffer, target.byteOffset, target.length);
  writeOperationId(view, at + OP.id, operation.id ?? freshId());
  if (operation.reference !== undefined) {
    writeOperationId(view, at + OP.reference, operation.reference);
  }
  writeUint64(view, at + OP.account, operation.account);
  writeUint64(view, at + OP.counterparty, operation.counterparty ?? 0);
  writeUint64(view, at + OP.amount, operation.amount ?? 0);
  view.setUint32(at + OP.tag, tag, true);
  view.setUint32(at + OP.timeoutS, operation.timeoutS ?? 0, true);
  view.setUint8(at + OP.kind, knownKind(operation.kind).row.number);
  view.setUint8(at + OP.channel, operation.channel ?? 0);
  view.setUint16(at + OP.flags, operation.retry ? OPERATION_FLAG.retry : 0, true);
  view.setUint16(at + OP.currency, CURRENCY_CNY, true);
}

function readAcks(content: Buffer): Ack[] {
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const acks: Ack[] = [];
  for (let at = 0; at < content.length; at += ACK_BYTES) acks.push(readAck(view, at));
  return acks;
}

function readAck(view: DataView, at: number): Ack {
  const outcome = view.getUint8(at + ACK.outcome);
  const code = view.getUint16(at + ACK.code, true);
  const legs: Record<string, { balance: number; version: number }> = {};
  for (let leg = 0; leg < view.getUint8(at + ACK.legs); leg++) {
    legs[formatAccount(readUint64(view, at + ACK.accounts + leg * 8))] = {
      balance: readInt64(view, at + ACK.balances + leg * 8),
      version: view.getUint32(at + ACK.versions + leg * 4, true),
    };
  }
  return {
    tag: view.getUint32(at + ACK.tag, true),
    outcome: outcome === OUTCOME.ok ? 'ok' : outcome === OUTCOME.declined ? 'declined' : 'unknown',
    code: resultName(code) ?? String(code),
    legs,
  };
}
