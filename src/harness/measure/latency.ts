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

/** Percentiles of one histogram in microseconds; zeros where nothing was recorded. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  readonly max: number;
}

function percentiles(histogram: Histogram): Percentiles {
  return {
    p50: histogram.getValueAtPercentile(50),
    p90: histogram.getValueAtPercentile(90),
    p99: histogram.getValueAtPercentile(99),
    p999: histogram.getValueAtPercentile(99.9),
    max: histogram.maxValue,
  };
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

  /** `writeLine` receives the lines of a standard .hlog. */
  constructor(startedUnixMs: number, writeLine: (text: string) => void) {
    this.#log = new HistogramLogWriter(writeLine);
    this.#log.outputLogFormatVersion();
    this.#log.outputComment('[values in microseconds]');
    this.#log.outputStartTime(startedUnixMs);
    this.#log.outputLegend();
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
    this.#log.outputIntervalHistogram(interval, fromS, toS, 1);
    const result = percentiles(interval);
    interval.destroy();
    return result;
  }

  total(): Percentiles {
    return percentiles(this.#total);
  }

  destroy(): void {
    this.#total.destroy();
  }
}
