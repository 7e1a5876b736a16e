/**
 * A ledger shard behind a socket: reads commands from all connections into one batch, has the batch written, and lets
 * the acks go when it is on disk. One batch is under way at a time; everything that arrives meanwhile is the
 * next one (group commit). A commit costs some 0.3 ms of CPU whatever its size, so a busy shard starts one every
 * COMMIT_EVERY_MS; a batch of a few entries does not wait.
 *
 *   chunk -> frames -> ledger.apply -> [batch being filled + acks]
 *                                          | checkpoint.commit
 *                                          v
 *                                      store.append -> on disk -> acks of that batch, one frame a connection
 *
 * A batch that is full (1 MiB of entries, or ACKS_MAX acks) stops the reading from all connections until it is sealed.
 * When the store fails, nothing of the batch is ever acknowledged: `onFailure` ends the process.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { BoltFrame } from '../../wire/bolt.js';
import { idMemoryWords } from '../../wire/id-memory.js';
import { EXPIRY_LOOK_MS } from '../../wire/ledger-commands.js';
import type { Mutant } from '../../wire/mutants.js';
import type { Store } from '../store/store.js';
import { ShardAdmin } from './admin.js';
import type { Checkpoint } from './checkpoint/checkpoint.js';
import { monotonicMs } from './clock.js';
import { type ConnectionOwner, ShardConnection } from './connection.js';
import { idMemory } from './id-memory.js';
import type { Ledger } from './ledger.js';

export const COMMIT_EVERY_MS = 3;
const SMALL_BATCH_ENTRIES = 8;
const ACKS_MAX = 16_384;
/** ack-before-commit, ack-with-batch-before: the answer goes out, and the commit takes its time. */
const MUTANT_COMMIT_DELAY_MS = 50;

export interface ShardServerOptions {
  readonly shard: number;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly checkpoint: Checkpoint;
  readonly mutant?: Mutant;
  /** Default COMMIT_EVERY_MS. */
  readonly commitEveryMs?: number;
  readonly logLine: (line: string) => void;
  /** The store failed, or the ledger found itself wrong: end the process. */
  readonly onFailure: (error: unknown) => void;
}

export class ShardServer implements ConnectionOwner {
  readonly #options: ShardServerOptions;
  readonly #server: Server;
  readonly #connections = new Set<ShardConnection>();
  readonly #admin: ShardAdmin;
  readonly #commitEveryMs: number;
  readonly #ackAtOnce: boolean;
  readonly #ackWithBatchBefore: boolean;
  #waiting: (() => void)[] = [];
  #acks = 0;
  #commits = 0;
  #committing = false;
  #scheduled = false;
  #heldBack = false;
  #stopped = false;
  #hasToldOfIds = false;
  #lastCommitMs = 0;
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: ShardServerOptions) {
    this.#options = options;
    this.#commitEveryMs = options.commitEveryMs ?? COMMIT_EVERY_MS;
    this.#ackAtOnce = options.mutant === 'ack-before-commit';
    this.#ackWithBatchBefore = options.mutant === 'ack-with-batch-before';
    this.#server = createServer((socket) => this.#connected(socket));
    this.#admin = new ShardAdmin(options);
  }

  /** Resolves with the address it listens on; rejects with the system's error. */
  listen(host: string, port: number): Promise<string> {
    this.#expiry = setInterval(() => this.#expire(), EXPIRY_LOOK_MS);
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        const address = this.#server.address();
        if (address === null || typeof address === 'string') return;
        resolve(`${address.address}:${address.port}`);
      });
    });
  }

  /** Stops at once; what is not committed is not answered. */
  async close(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#expiry);
    for (const connection of this.#connections) connection.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  commands(connection: ShardConnection, content: Uint8Array): void {
    const before = connection.acks.count;
    this.#options.ledger.apply(content, connection.acks);
    this.#acks += connection.acks.count - before;
  }

  admin(connection: ShardConnection, frame: BoltFrame): void {
    const answer = this.#admin.answer(frame, this.#commits);
    if (answer.atOnce) {
      connection.write(answer.frame);
      return;
    }
    this.#waiting.push(() => connection.write(answer.frame));
  }

  chunkEnds(): void {
    const { log } = this.#options.ledger.books;
    if (!this.#heldBack && (log.full || this.#acks >= ACKS_MAX)) this.#holdBack(true);
    if (this.#ackAtOnce) this.#sealAnswers()();
    this.#schedule();
  }

  closed(connection: ShardConnection): void {
    this.#connections.delete(connection);
  }

  logLine(line: string): void {
    this.#options.logLine(line);
  }

  failed(error: unknown): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#options.onFailure(error);
  }

  #connected(socket: Socket): void {
    const connection = new ShardConnection(socket, this);
    if (this.#heldBack) connection.holdBack(true);
    this.#connections.add(connection);
  }

  #expire(): void {
    const { ledger } = this.#options;
    if (this.#stopped || ledger.books.pending.deadlines.size === 0) return;
    if (ledger.expireDue() > 0) this.#schedule();
  }

  get #nothingToDo(): boolean {
    return this.#acks === 0 && this.#waiting.length === 0 && this.#options.ledger.books.log.empty;
  }

  /** A commit begins after this turn of the event loop, or when it is due. */
  #schedule(): void {
    if (this.#committing || this.#scheduled || this.#stopped || this.#nothingToDo) return;
    this.#scheduled = true;
    const { batchEntries } = this.#options.ledger.books.log;
    const due = this.#lastCommitMs + this.#commitEveryMs - monotonicMs();
    const commit = () => this.#commit();
    const isEarly = this.#ackAtOnce || this.#ackWithBatchBefore;
    if (isEarly) setTimeout(commit, MUTANT_COMMIT_DELAY_MS);
    else if (batchEntries <= SMALL_BATCH_ENTRIES || due < 0.5 || this.#heldBack) {
      setImmediate(commit);
    } else setTimeout(commit, due);
  }

  #commit(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    const { ledger, checkpoint } = this.#options;
    const { log } = ledger.books;
    const release = this.#sealAnswers();
    this.#lastCommitMs = monotonicMs();
    if (log.empty) {
      // Everything these answers saw is on disk already.
      this.#committed(release);
      return;
    }
    this.#committing = true;
    const committed = checkpoint.commit();
    if (this.#heldBack) this.#holdBack(false);
    committed.then(
      () => {
        this.#commits++;
        this.#committed(release);
      },
      (error: unknown) => this.failed(error),
    );
  }

  /** Sets the answers of the batch aside; the result lets them go. */
  #sealAnswers(): () => void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#acks = 0;
    for (const connection of this.#connections) connection.seal();
    return () => {
      for (const connection of this.#connections) connection.release();
      for (const answer of waiting) answer();
    };
  }

  #committed(release: () => void): void {
    if (this.#stopped) return;
    this.#committing = false;
    release();
    this.#tellOfIds();
    if (this.#ackWithBatchBefore) this.#sealAnswers()();
    if (this.#heldBack && !this.#options.ledger.books.log.full) this.#holdBack(false);
    this.#schedule();
  }

  /** Once, when ids begin to leave memory. */
  #tellOfIds(): void {
    const { ids } = this.#options.ledger.books;
    if (ids.left === 0 || this.#hasToldOfIds) return;
    this.#hasToldOfIds = true;
    const words = idMemoryWords(idMemory(ids, this.#options.ledger.nowUs() / 1000));
    this.logLine(`ids begin to leave memory (${words}); they are answered from the store`);
  }

  #holdBack(heldBack: boolean): void {
    this.#heldBack = heldBack;
    for (const connection of this.#connections) connection.holdBack(heldBack);
  }
}
