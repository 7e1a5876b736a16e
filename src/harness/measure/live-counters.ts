/**
 * What the workers count, in memory they share with the conductor: one writer a row, so plain stores do, and
 * nothing is posted. Totals since the start of the load, gauges, and a count per 100 ms for recovery times.
 */

/** Column of a worker's row. Gauges are `inFlight`, `unknown`, `vusActive`, `vus` and `began`; the rest only grow. */
export const LIVE = {
  iterations: 0,
  ok: 1,
  declined: 2,
  lateStarts: 3,
  dropped: 4,
  retried: 5,
  boundReached: 6,
  frames: 7,
  framedOperations: 8,
  inFlight: 9,
  unknown: 10,
  vusActive: 11,
  vus: 12,
  interrupted: 13,
  exceptions: 14,
  notSent: 15,
  began: 16,
  leftOver: 17,
  paused: 18,
} as const;

/** What `LIVE.began` tells of the script's code that began last in a worker: 0 for none, or */
export const BEGAN = { setup: -1, teardown: -2, firstScenario: 1 } as const;

/** Whole cache lines, so that no worker waits for another one's stores. */
const COLUMNS = 24;
export const BUCKET_US = 100_000;

export interface LiveLayout {
  readonly workers: number;
  /** Buckets of 100 ms that are kept; later ones are not counted. */
  readonly buckets: number;
}

export interface LiveMemory {
  readonly layout: LiveLayout;
  readonly shared: SharedArrayBuffer;
}

export function allocateLive(layout: LiveLayout): LiveMemory {
  const bytes = layout.workers * (COLUMNS * 8 + layout.buckets * 2 * 4);
  return { layout, shared: new SharedArrayBuffer(bytes) };
}

/** One worker's row. */
export class LiveRow {
  readonly counts: Float64Array;
  /** Operations by the 100 ms in which their iteration was due. */
  readonly offered: Uint32Array;
  /** Acknowledged operations by the 100 ms in which the answer came. */
  readonly acknowledged: Uint32Array;

  constructor(memory: LiveMemory, worker: number) {
    const { workers, buckets } = memory.layout;
    this.counts = new Float64Array(memory.shared, worker * COLUMNS * 8, COLUMNS);
    const base = workers * COLUMNS * 8 + worker * buckets * 8;
    this.offered = new Uint32Array(memory.shared, base, buckets);
    this.acknowledged = new Uint32Array(memory.shared, base + buckets * 4, buckets);
  }
}

/** All rows, added up. */
export class LiveCounters {
  readonly #rows: readonly LiveRow[];

  constructor(memory: LiveMemory) {
    this.#rows = Array.from(
      { length: memory.layout.workers },
      (_, worker) => new LiveRow(memory, worker),
    );
  }

  total(column: number): number {
    return this.#rows.reduce((sum, row) => sum + row.counts[column], 0);
  }

  of(worker: number, column: number): number {
    return this.#rows[worker]?.counts[column] ?? 0;
  }

  /** Iterations that began: ended by themselves, interrupted, or running now. */
  startedIterations(): number {
    return this.total(LIVE.iterations) + this.total(LIVE.interrupted) + this.total(LIVE.vusActive);
  }

  buckets(): { readonly offered: number[]; readonly acknowledged: number[] } {
    const add = (pick: (row: LiveRow) => Uint32Array): number[] =>
      Array.from({ length: pick(this.#rows[0]).length }, (_, i) =>
        this.#rows.reduce((sum, row) => sum + pick(row)[i], 0),
      );
    return { offered: add((row) => row.offered), acknowledged: add((row) => row.acknowledged) };
  }
}
