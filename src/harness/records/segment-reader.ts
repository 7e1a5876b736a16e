/**
 * The fixed-width records of all segments of a part, by their number in the part: one after the other, or a stretch here and a
 * stretch there.
 */
import { type OpenSegment, openSegment } from './open-segment.js';
import type { Segment } from './record-files.js';
import { RecordsError } from './unreadable.js';

/** Open at a time: answers come in about the order of the questions. */
const OPEN_MAX = 4;

export class SegmentReader {
  readonly records: number;
  readonly #segments: readonly Segment[];
  readonly #recordBytes: number;
  /** Of every segment but the last. */
  readonly #each: number;
  readonly #open = new Map<number, OpenSegment>();

  /** Throws RecordsError where a segment before the last one has less than the first, and the file system's error. */
  constructor(segments: readonly Segment[], recordBytes: number) {
    this.#segments = segments;
    this.#recordBytes = recordBytes;
    const counts = segments.map((_, index) => this.#at(index).records);
    const [each = 0] = counts;
    const other = counts.findIndex((count, at) => count !== each && at < counts.length - 1);
    if (other >= 0)
      throw new RecordsError(
        `${segments[other]?.path} holds ${counts[other]} records, not ${each} as the first`,
      );
    this.#each = each;
    this.records = counts.reduce((sum, count) => sum + count, 0);
  }

  /** Reads from record `first` on; `into` is as long as records that are there. */
  read(first: number, into: Uint8Array): void {
    for (let done = 0; done < into.length; ) {
      const record = first + done / this.#recordBytes;
      const index = Math.min(Math.floor(record / this.#each), this.#segments.length - 1);
      const segment = this.#at(index);
      const from = record - index * this.#each;
      const bytes = Math.min(into.length - done, (segment.records - from) * this.#recordBytes);
      if (bytes <= 0) throw new RecordsError(`${this.#segments[index]?.path} is cut short`);
      segment.read(from, into.subarray(done, done + bytes));
      done += bytes;
    }
  }

  close(): void {
    for (const segment of this.#open.values()) segment.close();
    this.#open.clear();
  }

  #at(index: number): OpenSegment {
    const known = this.#open.get(index);
    if (known !== undefined) return known;
    const file = this.#segments[index];
    if (file === undefined) throw new RecordsError('there is no such segment');
    const [oldest] = this.#open.entries();
    if (this.#open.size >= OPEN_MAX && oldest !== undefined) {
      oldest[1].close();
      this.#open.delete(oldest[0]);
    }
    const opened = openSegment(file, this.#recordBytes);
    this.#open.set(index, opened);
    return opened;
  }
}
