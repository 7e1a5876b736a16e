/**
 * Answers the admin requests of a shard (src/wire/admin.ts). `atOnce`: the answer depends on nothing that is not on
 * disk yet; every other one waits for the batch being filled, like any acknowledgement.
 */
import type { OpenBranch, ShardRequest } from '../../wire/admin.js';
import {
  BOLT_CLASS,
  BOLT_CODEC,
  BOLT_COMMAND,
  BOLT_STATUS,
  BOLT_TYPE,
  BoltFormatError,
  type BoltFrame,
  type BoltFrameHead,
  boltContentAt,
  encodeBoltFrame,
  writeBoltHead,
} from '../../wire/bolt.js';
import { readUint64 } from '../../wire/bytes.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { ACCOUNT_BYTES, ENTRY } from '../../wire/ledger-log.js';
import type { Mutant } from '../../wire/mutants.js';
import { formatOperationId, readOperationId } from '../../wire/operation-id.js';
import type { Store } from '../store/store.js';
import { OpenError } from './accounts.js';
import { AdminError, parseShardRequest } from './admin-requests.js';
import { EntryExport, EXPORT_BYTES_MAX } from './export.js';
import { idMemory } from './id-memory.js';
import type { Ledger } from './ledger.js';
import { SkippingExport } from './mutants/export.js';

export interface AdminAnswer {
  readonly frame: Buffer;
  readonly atOnce: boolean;
}

export interface ShardAdminOptions {
  readonly shard: number;
  readonly ledger: Ledger;
  readonly store: Store;
  readonly mutant?: Mutant;
}

type Head = Omit<BoltFrameHead, 'contentBytes'>;

export class ShardAdmin {
  readonly #options: ShardAdminOptions;
  readonly #entries: EntryExport;
  /** Entries that were there before this process. */
  readonly #recovered: number;

  constructor(options: ShardAdminOptions) {
    this.#options = options;
    const { log } = options.ledger.books;
    const skips = options.mutant === 'export-skips-rows';
    this.#entries = skips ? new SkippingExport(log) : new EntryExport(log);
    this.#recovered = log.entries;
  }

  /** Throws BoltFormatError for a frame that is no request in JSON. */
  answer(frame: BoltFrame, commits: number): AdminAnswer {
    if (frame.type !== BOLT_TYPE.request || frame.codec !== BOLT_CODEC.json) {
      throw new BoltFormatError('an admin request must be a request in JSON');
    }
    const { requestId } = frame;
    try {
      const request = parseShardRequest(Buffer.from(frame.content).toString());
      return this.#answer(request, requestId, commits);
    } catch (error) {
      if (!(error instanceof AdminError || error instanceof OpenError)) throw error;
      const head = { ...jsonHead(requestId), status: BOLT_STATUS.error };
      const said = Buffer.from(JSON.stringify({ error: error.message }));
      return { frame: encodeBoltFrame(head, said), atOnce: true };
    }
  }

  #answer(request: ShardRequest, requestId: number, commits: number): AdminAnswer {
    const { ledger, shard, store } = this.#options;
    const { accounts } = ledger.books;
    const inJson = (value: object): Buffer =>
      encodeBoltFrame(jsonHead(requestId), Buffer.from(JSON.stringify(value)));
    switch (request.op) {
      case 'ping':
        return { frame: inJson({ role: 'shard', shard, pid: process.pid }), atOnce: true };
      case 'open':
        ledger.open(request.ranges);
        return { frame: inJson({ accounts: accounts.count }), atOnce: false };
      case 'open_branches':
        return { frame: inJson(this.#openBranches(request)), atOnce: false };
      case 'entries': {
        const head = recordHead(requestId, BOLT_CLASS.entries);
        const fill = (target: Buffer): number =>
          this.#entries.read(request.fromLsn, store.batches, target);
        return { frame: filledFrame(head, fill), atOnce: true };
      }
      case 'accounts': {
        const head = recordHead(requestId, BOLT_CLASS.accounts);
        const fill = (target: Buffer): number =>
          accounts.export(request.from, target) * ACCOUNT_BYTES;
        return { frame: filledFrame(head, fill), atOnce: false };
      }
      case 'stats':
        return { frame: inJson(this.#stats(commits)), atOnce: true };
      default:
        return request satisfies never;
    }
  }

  #openBranches({ olderThanMs, limit }: { olderThanMs: number; limit: number }) {
    const { books } = this.#options.ledger;
    const { pending } = books;
    const now = this.#options.ledger.nowUs();
    const branches: OpenBranch[] = [];
    for (const slot of pending.branchSlots()) {
      const at = pending.at(slot);
      const ageMs = Math.floor((now - readUint64(pending.view, at + ENTRY.timestamp)) / 1000);
      if (ageMs < olderThanMs || branches.length >= limit) break;
      const flags = pending.view.getUint8(at + ENTRY.flags);
      branches.push({
        id: formatOperationId(readOperationId(pending.view, at + ENTRY.id)),
        role: flags & COMMAND_FLAG.secondary ? 'secondary' : 'primary',
        peer: pending.view.getUint8(at + ENTRY.peer),
        ageMs,
      });
    }
    return { branches, total: pending.branches };
  }

  #stats(commits: number) {
    const { shard, ledger } = this.#options;
    const { accounts, ids, log, pending } = ledger.books;
    const cpu = process.cpuUsage();
    return {
      shard,
      entries: log.entries,
      accounts: accounts.count,
      commits,
      entriesPerCommitMean: commits === 0 ? 0 : (log.entries - this.#recovered) / commits,
      idMemory: idMemory(ids, ledger.nowUs() / 1000),
      openHolds: pending.holds,
      openBranches: pending.branches,
      ledgerUs: ledger.nowUs(),
      cpuUs: cpu.user + cpu.system,
      rssBytes: process.memoryUsage.rss(),
    };
  }
}

function jsonHead(requestId: number): Head {
  return { ...recordHead(requestId, BOLT_CLASS.admin), codec: BOLT_CODEC.json };
}

function recordHead(requestId: number, className: string): Head {
  return {
    type: BOLT_TYPE.response,
    command: BOLT_COMMAND.response,
    requestId,
    codec: BOLT_CODEC.record,
    status: BOLT_STATUS.success,
    className,
  };
}

/** A frame whose content is put in place by `fill`, which returns how many bytes: books are large, and copied once. */
function filledFrame(head: Head, fill: (content: Buffer) => number): Buffer {
  const contentAt = boltContentAt({ ...head, contentBytes: 0 });
  const frame = Buffer.allocUnsafeSlow(contentAt + EXPORT_BYTES_MAX);
  const contentBytes = fill(frame.subarray(contentAt));
  writeBoltHead(frame, 0, { ...head, contentBytes });
  return frame.subarray(0, contentAt + contentBytes);
}
