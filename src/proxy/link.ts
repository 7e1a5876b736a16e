/**
 * One direction of one connection: bytes read from `source` go through the chain of toxics to `destination`.
 *
 *   no toxics:   source ------------------------------------------> destination (direct-write.ts, or its `write`)
 *   toxics:      source -> copy -> stage -> stage -> ... -> tail -> destination.write
 *                         \___ heldBytes: in, but not yet at the tail ___/
 *
 *   A source that reads into one buffer of its own (bulk-socket.ts) may not read on before what was written from
 *   that buffer has left it: nearly always at once, else it is paused for so long.
 *
 *   back-pressure: the source is paused while destination's buffer is full (its 'drain' ends that), and, with toxics,
 *   once the chain holds more than its bound (what it lets go ends that; latency must be able to hold a round trip's worth).
 *   Each pause has one event that ends it for certain: one that waited for both would wait for a 'drain' that a buffer
 *   below its mark never gives.
 *
 * Everything runs on one thread, so a chain is rewired between two chunks and a removal never waits for anyone.
 * The link does not open or close sockets; it tells its connection, which sees both directions.
 */
import type { Socket } from 'node:net';
import { nowMs } from './clock.js';
import { type DirectWriter, directWriter } from './direct-write.js';
import type { LinkBytes } from './link-bytes.js';
import type { Random } from './random.js';
import type { Toxic } from './toxic-list.js';
import type { Stage, StageOutput } from './toxics/toxic.js';

export interface LinkOwner {
  /** The end of the stream has come out of the chain, after the last byte was written. */
  onLinkEnd(link: Link): void;
  close(): void;
  reset(): void;
}

export interface LinkParts {
  readonly source: Socket;
  readonly destination: Socket;
  readonly owner: LinkOwner;
  /** The toxics of this direction, in order. */
  readonly toxics: readonly Toxic[];
  /** Which connection of the proxy this is: part of the seed of its dice. */
  readonly connectionNumber: number;
  /** Counted up. */
  readonly bytes: LinkBytes;
}

/** Where a stage's output goes: the next stage, or the destination. */
interface Sink {
  take(chunk: Buffer, stampMs: number): void;
  end(): void;
}

interface Entry {
  readonly toxic: Toxic;
  readonly output: Output;
  /** Undefined where this connection's dice say that the toxic does not concern it. */
  stage: Stage | undefined;
}

export class Link {
  readonly source: Socket;
  readonly destination: Socket;
  readonly #owner: LinkOwner;
  readonly #connectionNumber: number;
  readonly #bytes: LinkBytes;
  readonly #entries: Entry[] = [];
  readonly #tail: Sink;
  #head: Sink;
  #heldBytes = 0;
  #holdBytesMax = 0;
  #paused = false;
  /** Writes from the source's own buffer that have not been told done: it may not be read into while one waits. */
  #viewsUntold = 0;
  /** Undefined before the destination is connected. */
  #direct: DirectWriter | undefined;
  #sourceEnded = false;
  #endPassed = false;
  #stopped = false;
  #corked = false;

  constructor(parts: LinkParts) {
    this.source = parts.source;
    this.destination = parts.destination;
    this.#owner = parts.owner;
    this.#connectionNumber = parts.connectionNumber;
    this.#bytes = parts.bytes;
    this.#tail = {
      take: (chunk) => this.#write(chunk),
      end: () => {
        if (this.#stopped) return;
        this.#endPassed = true;
        this.#owner.onLinkEnd(this);
      },
    };
    this.#head = this.#tail;
    for (const toxic of parts.toxics) this.#entries.push(this.#mount(toxic));
    this.#rewire();
  }

  /** The end of the stream has left the chain. */
  get endPassed(): boolean {
    return this.#endPassed;
  }

  /** Begins to read. `ownBuffer`: the source hands what it reads to `onView` and has no 'data'. */
  start(options: { readonly ownBuffer: boolean }): void {
    if (!options.ownBuffer) this.source.on('data', (chunk: Buffer) => this.#onData(chunk));
    this.source.on('end', () => this.endSource());
    this.destination.on('drain', () => this.#relieve());
    const connected = (): void => {
      this.#direct = directWriter(this.destination, this.#onWritten);
    };
    if (this.destination.connecting) this.destination.once('connect', connected);
    else connected();
  }

  /** What a source with its own buffer has read; the view is not kept. False: it must not read on. */
  onView(view: Buffer): boolean {
    if (this.#stopped) return true;
    if (this.#head !== this.#tail) {
      this.#onData(Buffer.from(view));
      return !this.#paused;
    }
    this.#bytes.received += view.length;
    this.#bytes.sent += view.length;
    const { destination } = this;
    const direct = destination.writableLength === 0 ? this.#direct?.write(view) : undefined;
    if (direct === 'written') return true;
    this.#viewsUntold += 1;
    if (direct !== 'waiting') {
      destination.write(view, this.#onWritten);
      if (destination.writableLength === 0) return true;
    }
    this.#paused = true;
    return false;
  }

  /** The source ended, or broke: what came before still goes through. Later calls change nothing. */
  endSource(): void {
    if (this.#sourceEnded || this.#stopped) return;
    this.#sourceEnded = true;
    this.#head.end();
  }

  /** Passes nothing any more; what still comes from the source is read and thrown away. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    for (const entry of this.#entries) entry.stage?.discard();
    this.#entries.length = 0;
    this.#heldBytes = 0;
    this.source.resume();
  }

  addToxic(toxic: Toxic): void {
    if (this.#stopped) return;
    this.#entries.push(this.#mount(toxic));
    this.#rewire();
  }

  updateToxic(toxic: Toxic): void {
    const entry = this.#entries.find((candidate) => candidate.toxic === toxic);
    if (entry === undefined) return;
    const affected = toxic.affects(this.#connectionNumber);
    if (entry.stage !== undefined && affected) {
      entry.stage.update(toxic.attributes);
    } else if (entry.stage !== undefined) {
      const stage = entry.stage;
      entry.stage = undefined;
      stage.remove();
    } else if (affected) {
      entry.stage = toxic.kind.mount(entry.output, toxic.attributes);
    }
    this.#rewire();
  }

  removeToxic(toxic: Toxic): void {
    const index = this.#entries.findIndex((candidate) => candidate.toxic === toxic);
    if (index < 0) return;
    this.#entries[index].stage?.remove();
    this.#entries.splice(index, 1);
    this.#rewire();
  }

  #onData(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#bytes.received += chunk.length;
    if (this.#head === this.#tail) {
      this.#bytes.sent += chunk.length;
      // Most writes are done when `write` returns, whatever it returns; only what is left asks for a pause.
      if (!this.destination.write(chunk) && this.destination.writableLength > 0) this.#pause();
      return;
    }
    this.#heldBytes += chunk.length;
    this.#head.take(chunk, nowMs());
    if (this.destination.writableNeedDrain || this.#heldBytes > this.#holdBytesMax) this.#pause();
  }

  readonly #onWritten = (): void => {
    this.#viewsUntold -= 1;
    this.#relieve();
  };

  #write(chunk: Buffer): void {
    if (this.#stopped) return;
    this.#heldBytes -= chunk.length;
    this.#bytes.sent += chunk.length;
    if (!this.#corked) {
      // What a timer lets go in one turn leaves in one system call.
      this.#corked = true;
      this.destination.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.destination.uncork();
      });
    }
    this.destination.write(chunk);
    this.#relieve();
  }

  #pause(): void {
    this.#paused = true;
    this.source.pause();
  }

  #relieve(): void {
    if (!this.#paused || this.#stopped) return;
    if (this.#viewsUntold > 0 || this.destination.writableNeedDrain) return;
    if (this.#heldBytes > this.#holdBytesMax / 2) return;
    this.#paused = false;
    this.source.resume();
  }

  #mount(toxic: Toxic): Entry {
    const output = new Output({
      random: toxic.random(this.#connectionNumber),
      dropped: (bytes) => {
        this.#heldBytes -= bytes;
        this.#relieve();
      },
      owner: this.#owner,
      next: this.#tail,
    });
    const affected = toxic.affects(this.#connectionNumber);
    const stage = affected ? toxic.kind.mount(output, toxic.attributes) : undefined;
    return { toxic, output, stage };
  }

  /** Points each stage at the next one that concerns this connection. */
  #rewire(): void {
    let next = this.#tail;
    let holdBytesMax = 0;
    for (let i = this.#entries.length - 1; i >= 0; i--) {
      const { output, stage, toxic } = this.#entries[i];
      output.next = next;
      if (stage === undefined) continue;
      next = stage;
      holdBytesMax += toxic.kind.holdBytesMax;
    }
    this.#head = next;
    this.#holdBytesMax = holdBytesMax;
    this.#relieve();
  }
}

class Output implements StageOutput {
  readonly random: Random;
  next: Sink;
  readonly #dropped: (bytes: number) => void;
  readonly #owner: LinkOwner;

  constructor(parts: {
    readonly random: Random;
    readonly dropped: (bytes: number) => void;
    readonly owner: LinkOwner;
    readonly next: Sink;
  }) {
    this.random = parts.random;
    this.next = parts.next;
    this.#dropped = parts.dropped;
    this.#owner = parts.owner;
  }

  pass(chunk: Buffer, stampMs: number): void {
    this.next.take(chunk, stampMs);
  }

  end(): void {
    this.next.end();
  }

  drop(bytes: number): void {
    this.#dropped(bytes);
  }

  close(): void {
    this.#owner.close();
  }

  reset(): void {
    this.#owner.reset();
  }
}
