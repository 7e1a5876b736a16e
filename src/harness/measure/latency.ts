/**
 * Times become histograms: HDR, integer microseconds, three significant digits, up to two minutes (longer counts as
 * two minutes). A worker records and ships one encoded histogram a second; the conductor adds them up: counts
 * add exactly, percentiles never do.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
  HistogramLogWriter,
  initWebAssemblySync,
} from 'hdr-histogram-js';

const HIGHEST_US = 120_000_000;

initWebAssemblySync();

function newHistogram(): Histogram {
  return build({
    bitBucketSize: 64,
    lowestDiscernibleValue: 1,
    highestTrackableValue: HIGHEST_US,
    numberOfSignificantValueDigits: 3,
    autoResize: false,
    useWebAssembly: true,
  });
}

/** Percentiles of one histogram in microseconds; null where nothing was recorded. */
export interface Percentiles {
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

export const NO_PERCENTILES: Percentiles = {
  p50: null,
  p90: null,
  p99: null,
  p999: null,
  max: null,
};

function percentiles(histogram: Histogram): Percentiles {
  if (histogram.totalCount === 0) return NO_PERCENTILES;
  const max = histogram.maxValue;
  // A bucket is told by its upper end, which may lie beyond the largest value.
  const at = (percent: number): number => Math.min(histogram.getValueAtPercentile(percent), max);
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max };
}

/** One worker's side. */
export class LatencyMeter {
  readonly #interval = newHistogram();

  /** Negative times cannot be (one clock); fractions are cut off. */
  record(us: number): void {
    this.#interval.recordValue(Math.min(us, HIGHEST_US));
  }

  /** The interval so far as compressed base64 (HDR V2), and a new interval begins. */
  takeInterval(): string {
    const encoded = encodeIntoCompressedBase64(this.#interval);
    this.#interval.reset();
    return encoded;
  }
}

/** The conductor's side: the current second over all workers, and everything. */
export class LatencyTotals {
  readonly #total = newHistogram();
  readonly #log: HistogramLogWriter;
  readonly #startUnixMs: () => number;
  #hasHead = false;

  /** `writeLine` receives the lines of a standard .hlog; `startUnixMs` is asked when the first comes: 0 s of the intervals. */
  constructor(startUnixMs: () => number, writeLine: (text: string) => void) {
    this.#log = new HistogramLogWriter(writeLine);
    this.#startUnixMs = startUnixMs;
  }

  /** Adds one second of all workers; `fromS` and `toS` count from the start of the load. */
  addInterval(encoded: readonly string[], fromS: number, toS: number): Percentiles {
    const interval = newHistogram();
    for (const text of encoded) {
      const part = decodeFromCompressedBase64(text, 64, true);
      interval.add(part);
      part.destroy();
    }
    this.#total.add(interval);
    this.head();
    this.#log.outputIntervalHistogram(interval, fromS, toS, 1);
    const result = percentiles(interval);
    interval.destroy();
    return result;
  }

  /** Also of a log without an interval: it is still a log. */
  head(): void {
    if (this.#hasHead) return;
    this.#hasHead = true;
    this.#log.outputLogFormatVersion();
    this.#log.outputComment('[values in microseconds]');
    this.#log.outputStartTime(this.#startUnixMs());
    this.#log.outputLegend();
  }

  total(): Percentiles {
    return percentiles(this.#total);
  }

  destroy(): void {
    this.#total.destroy();
  }
}
