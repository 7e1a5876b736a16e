/** The entry that is being walked: one object for all entries of a shard, filled anew for each, and handed to whoever looks at it. */
import { ENTRY } from '../../../wire/ledger-log.js';
import { RESULTS } from '../../../wire/results.js';

const CREATED = RESULTS.created.code;

export class WalkedEntry {
  /** What it belongs to, or -1. */
  operation = -1;
  code = 0;
  isCreated = false;
  command = 0;
  kind = 0;
  role = 0;
  peer = 0;
  legs = 0;
  timestampUs = 0;
  /** Digest of accounts and postings, once its legs have been walked. */
  legsDigest = 0;

  /** The entry that lies at `at`. */
  read(words: Int32Array, at: number, operation: number, timestampUs: number): void {
    const head = words[at + ENTRY.code / 4];
    const second = words[at + ENTRY.legs / 4];
    this.operation = operation;
    this.code = head & 0xffff;
    this.isCreated = this.code === CREATED;
    this.command = (head >>> 16) & 255;
    this.kind = head >>> 24;
    this.role = (second >>> 8) & 255;
    this.peer = second >>> 24;
    this.legs = second & 255;
    this.timestampUs = timestampUs;
    this.legsDigest = 0;
  }
}
