/**
 * What a toxic is. A `ToxicKind` is one file of this folder; mounted on one direction of one connection it
 * becomes a `Stage` of that link's chain. Chunks and at last the end of the stream come in through `take` and
 * `end`; the stage hands them on, later, smaller or never, through its `StageOutput`. A stage that drops bytes
 * says so with `drop`, for the link counts what it holds; one that has dropped bytes never lets the stream go
 * on as if it were whole: it closes or resets the connection instead.
 */
import type { Random } from '../random.js';

export type Attributes<Field extends string = string> = Readonly<Record<Field, number>>;

export interface ToxicKind<Field extends string = string> {
  readonly type: string;
  /** What it is in Toxiproxy's source: errors about its attributes name it. */
  readonly goType: string;
  /** Each attribute with its smallest allowed value; all are integers, 0 when absent. Order is the API's. */
  readonly minima: Attributes<Field>;
  /** Bytes one link may hold in this stage before its source is no longer read. */
  readonly holdBytesMax: number;
  mount(output: StageOutput, attributes: Attributes<Field>): Stage<Field>;
}

export interface Stage<Field extends string = string> {
  /** `stampMs`: when the chunk arrived at the proxy, plus the delays it was given since. */
  take(chunk: Buffer, stampMs: number): void;
  /** The source has ended; comes once, after the last chunk. */
  end(): void;
  update(attributes: Attributes<Field>): void;
  /** Leaves the chain: hands on at once all it holds, the end of the stream included. */
  remove(): void;
  /** The connection is gone: cancels its timers, hands on nothing. */
  discard(): void;
}

export interface StageOutput {
  /** Seeded: the same run gives the same numbers to the same stage. */
  readonly random: Random;
  pass(chunk: Buffer, stampMs: number): void;
  end(): void;
  drop(bytes: number): void;
  /** Closes the whole connection, both directions, after what was passed has been written. */
  close(): void;
  /** Resets both sockets (RST). */
  reset(): void;
}

/** Like one read of Toxiproxy's io.Copy in hand and one in the channel. */
export const HOLD_BYTES_DEFAULT = 64 * 1024;
