/**
 * For tests: a shard that is a real TCP server speaking the wire, and answers what the test tells it to: at once,
 * late, twice or never. It keeps no books.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { ACK, ACK_BYTES, OUTCOME, type Outcome } from '../../../wire/acks.js';
import type { OpenBranch } from '../../../wire/admin.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_TYPE,
  type BoltFrame,
  BoltReader,
  encodeBoltFrame,
} from '../../../wire/bolt.js';
import { readInt64, readUint64, writeInt64, writeUint64 } from '../../../wire/bytes.js';
import { CMD, COMMAND, COMMAND_BYTES, type CommandName } from '../../../wire/ledger-commands.js';
import { formatOperationId, readOperationId } from '../../../wire/operation-id.js';
import { lastingRefusal, RESULTS, type ResultName, resultName } from '../../../wire/results.js';

export interface SeenCommand {
  readonly shard: number;
  readonly id: string;
  readonly tag: number;
  readonly command: CommandName;
  readonly flags: number;
  readonly code: number;
  readonly peer: number;
  readonly legs: readonly { readonly account: number; readonly posting: number }[];
  readonly socket: Socket;
}

export interface ScriptedAck {
  readonly outcome: Outcome;
  readonly code: ResultName;
  readonly legs?: readonly {
    readonly account: number;
    readonly balance?: number;
    readonly version?: number;
  }[];
}

/** `undefined`: no answer, until the test gives one with `answer`. */
export type Script = (command: SeenCommand) => ScriptedAck | undefined;

export class ScriptedShard {
  readonly shard: number;
  readonly seen: SeenCommand[] = [];
  readonly admin: unknown[] = [];
  script: Script;
  branches: OpenBranch[] = [];
  /** What `ping` says. */
  claimedShard: number;
  /** Swallows heartbeats and admin requests: a black hole. */
  deaf = false;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #watchers: (() => void)[] = [];

  constructor(shard: number, script: Script = createdWithLegs) {
    this.shard = shard;
    this.claimedShard = shard;
    this.script = script;
    this.#server = createServer((socket) => this.#serve(socket));
  }

  async listen(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    return `127.0.0.1:${address.port}`;
  }

  get connections(): number {
    return this.#sockets.size;
  }

  /** As good as new, but for its connections. */
  reset(): void {
    this.script = createdWithLegs;
    this.branches = [];
    this.claimedShard = this.shard;
    this.deaf = false;
    this.seen.length = 0;
    this.admin.length = 0;
  }

  /** Breaks every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** Takes nothing from its connections any more: a consumer that is stuck. */
  stopReading(): void {
    for (const socket of this.#sockets) socket.pause();
  }

  /** Stops listening and cuts everything; resolves to the address it had. */
  async pause(): Promise<string> {
    const address = this.#server.address();
    await this.close();
    return typeof address === 'object' ? `127.0.0.1:${address?.port}` : '';
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  /** Resolves with the `nth` command (from 1) of this name, once it was seen. */
  async saw(command: CommandName, nth = 1): Promise<SeenCommand> {
    const found = (): SeenCommand | undefined =>
      this.seen.filter((one) => one.command === command)[nth - 1];
    await this.until(() => found() !== undefined);
    const one = found();
    if (one === undefined) throw new Error('gone');
    return one;
  }

  async until(fact: () => boolean): Promise<void> {
    while (!fact()) await new Promise<void>((resolve) => this.#watchers.push(resolve));
  }

  answer(to: SeenCommand, ack: ScriptedAck): void {
    to.socket.write(ackFrame(to.tag, ack));
  }

  #serve(socket: Socket): void {
    this.#sockets.add(socket);
    const reader = new BoltReader((frame) => this.#onFrame(socket, frame));
    socket.on('data', (chunk: Buffer) => reader.push(chunk));
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#sockets.delete(socket);
      this.#notify();
    });
    this.#notify();
  }

  #notify(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  #onFrame(socket: Socket, frame: BoltFrame): void {
    if (frame.className === BOLT_CLASS.commands) {
      for (let at = 0; at < frame.content.length; at += COMMAND_BYTES) {
        const view = new DataView(frame.content.buffer, frame.content.byteOffset + at);
        const command = readCommand(this.shard, view, socket);
        this.seen.push(command);
        const ack = this.script(command);
        if (ack !== undefined) this.answer(command, ack);
      }
    } else if (!this.deaf && frame.type === BOLT_TYPE.request) {
      socket.write(this.#response(frame));
    }
    this.#notify();
  }

  #response(frame: BoltFrame): Buffer {
    const head = {
      type: BOLT_TYPE.response,
      command: frame.command === 0 ? BOLT_COMMAND.heartbeat : BOLT_COMMAND.response,
      requestId: frame.requestId,
      codec: BOLT_CODEC.json,
      status: 0,
      className: frame.command === 0 ? '' : BOLT_CLASS.admin,
    };
    if (frame.command === 0) return encodeBoltFrame(head, new Uint8Array(0));
    const body: unknown = JSON.parse(Buffer.from(frame.content).toString());
    this.admin.push(body);
    return encodeBoltFrame(head, Buffer.from(JSON.stringify(this.#adminAnswer(body))));
  }

  #adminAnswer(body: unknown): unknown {
    const op = typeof body === 'object' && body !== null && 'op' in body ? body.op : '';
    if (op === 'ping') return { role: 'shard', shard: this.claimedShard, pid: 1 };
    if (op === 'open_branches') return { branches: this.branches, total: this.branches.length };
    return {};
  }
}

/** Every command takes effect; the receipt has its legs, balance and version 1. A Cancel is answered with its code. */
export function createdWithLegs(command: SeenCommand): ScriptedAck {
  if (command.command === 'cancel') {
    return DECLINED(resultName(lastingRefusal(command.code)) ?? 'cancelled');
  }
  return {
    outcome: 'ok',
    code: 'created',
    legs: command.legs.map(({ account }) => ({ account })),
  };
}

export const DECLINED = (code: ResultName): ScriptedAck => ({ outcome: 'declined', code });

function readCommand(shard: number, view: DataView, socket: Socket): SeenCommand {
  const number = view.getUint8(CMD.command);
  const names = Object.keys(COMMAND) as CommandName[];
  const command = names.find((name) => COMMAND[name] === number) ?? 'lookup';
  return {
    shard,
    id: formatOperationId(readOperationId(view, CMD.id)),
    tag: view.getUint32(CMD.tag, true),
    command,
    flags: view.getUint8(CMD.flags),
    code: view.getUint16(CMD.code, true),
    peer: view.getUint8(CMD.peer),
    legs: Array.from({ length: view.getUint8(CMD.legs) }, (_, leg) => ({
      account: readUint64(view, CMD.accounts + leg * 8),
      posting: readInt64(view, CMD.postings + leg * 8),
    })),
    socket,
  };
}

function ackFrame(tag: number, ack: ScriptedAck): Buffer {
  const content = Buffer.alloc(ACK_BYTES);
  const view = new DataView(content.buffer, content.byteOffset, content.length);
  const legs = ack.legs ?? [];
  view.setUint32(ACK.tag, tag, true);
  view.setUint8(ACK.outcome, OUTCOME[ack.outcome]);
  view.setUint8(ACK.legs, legs.length);
  view.setUint16(ACK.code, RESULTS[ack.code].code, true);
  for (const [i, leg] of legs.entries()) {
    writeUint64(view, ACK.accounts + i * 8, leg.account);
    writeInt64(view, ACK.balances + i * 8, leg.balance ?? 0);
    view.setUint32(ACK.versions + i * 4, leg.version ?? 1, true);
  }
  const head = { type: BOLT_TYPE.oneWay, command: BOLT_COMMAND.request, requestId: 0 };
  const codec = BOLT_CODEC.record;
  return encodeBoltFrame({ ...head, codec, className: BOLT_CLASS.acks }, content);
}
