/**
 * A decision by two engines: features in this process, the graph in another, one hop between. Built to be measured beside one pass, and for
 * nothing else.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Policy } from '../../risk/decide/policy.js';
import { PLACE } from '../../risk/engine/features.js';
import type { FusedEngine, MoneyEvent } from '../../risk/engine/fused-engine.js';
import { ANSWER_BYTES, EVENT_BYTES } from './graph-process.js';

const GRAPH_FROM = PLACE.payer_out_degree;

export class TwoEngines {
  readonly #own: FusedEngine;
  readonly #policy: Policy;
  readonly #socket: Socket;
  readonly #stop: () => void;
  readonly #record = Buffer.alloc(EVENT_BYTES);
  readonly #answer = Buffer.alloc(ANSWER_BYTES);
  #filled = 0;
  #answered: () => void = () => {};

  private constructor(parts: {
    readonly own: FusedEngine;
    readonly policy: Policy;
    readonly socket: Socket;
    readonly stop: () => void;
  }) {
    this.#own = parts.own;
    this.#policy = parts.policy;
    this.#socket = parts.socket;
    this.#stop = parts.stop;
    this.#socket.on('data', (chunk) => this.#take(chunk));
  }

  /** `own`: the engine without its graph. */
  static async start(own: FusedEngine, policy: Policy): Promise<TwoEngines> {
    const script = join(import.meta.dirname, 'graph-process.js');
    const child = spawn(process.execPath, [script, 'serve'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [port]: unknown[] = await once(child.stdout, 'data');
    const socket = connect({ port: Number(String(port)), host: '127.0.0.1', noDelay: true });
    await once(socket, 'connect');
    const stop = (): void => {
      socket.destroy();
      child.stdin.end();
    };
    return new TwoEngines({ own, policy, socket, stop });
  }

  /** The graph's part comes over the hop; meanwhile the features are read here. */
  async decide(event: MoneyEvent): Promise<void> {
    const record = this.#record;
    const { kind, from, to, device, card, yuan, atS } = event;
    const fields = [kind, from, to, device, card, event.onCredit ? 1 : 0, yuan, atS];
    for (const [i, field] of fields.entries()) record.writeDoubleLE(field, i * 8);
    const answered = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    this.#socket.write(record);
    this.#own.judge(event);
    await answered;
    const { features } = this.#own;
    for (let place = GRAPH_FROM; place < features.length; place++) {
      features[place] = this.#answer.readDoubleLE(place * 8);
    }
    this.#policy.decide(features);
    this.#own.apply(event);
  }

  close(): void {
    this.#stop();
  }

  #take(chunk: Buffer): void {
    this.#filled += chunk.copy(this.#answer, this.#filled);
    if (this.#filled < ANSWER_BYTES) return;
    this.#filled = 0;
    this.#answered();
  }
}
