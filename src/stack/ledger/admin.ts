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
  encodeBoltFrame,
} from '../../wire/bolt.js';
import { readUint64 } from '../../wire/bytes.js';
import { COMMAND_FLAG } from '../../wire/ledger-commands.js';
import { ACCOUNT_BYTES, ENTRY } from '../../wire/ledger-log.js';
import { formatOperationId, readOperationId } from '../../wire/operation-id.js';
import type { Store } from '../store/store.js';
import { OpenError } from './accounts.js';
import { AdminError, parseShardRequest } from './admin-requests.js';
import { EntryExport, EXPORT_BYTES_MAX } from './export.js';
import type { Ledger } from './ledger.js';

export interface AdminAnswer {
  readonly frame: Buffer;
  readonly atOnce: boolean;
}

export interface ShardAdminOptions {
  readonly shard: number;
  readonly ledger: Ledger;
  readonly store: Store;
}

interface Content {
  readonly bytes: Uint8Array;
  readonly className: string;
  readonly atOnce: boolean;
}

export class ShardAdmin {
  readonly #options: ShardAdminOptions;
  readonly #entries: EntryExport;
  /** Entries that were there before this process. */
  readonly #recovered: number;

  constructor(options: ShardAdminOptions) {
    this.#options = options;
    this.#entries = new EntryExport(options.ledger.books.log);
    this.#recovered = options.ledger.books.log.entries;
  }

  /** Throws BoltFormatError for a frame that is no request in JSON. */
  answer(frame: BoltFrame, commits: number): AdminAnswer {
    if (frame.type !== BOLT_TYPE.request || frame.codec !== BOLT_CODEC.json) {
      throw new BoltFormatError('an admin request must be a request in JSON');
    }
    let status: number = BOLT_STATUS.success;
    let content: Content;
    try {
      const json = Buffer.from(frame.content).toString();
      content = this.#content(parseShardRequest(json), commits);
    } catch (error) {
      if (!(error instanceof AdminError || error instanceof OpenError)) throw error;
      status = BOLT_STATUS.error;
      content = inJson({ error: error.message }, true);
    }
    const { bytes, className, atOnce } = content;
    const head = {
      type: BOLT_TYPE.response,
      command: BOLT_COMMAND.response,
      requestId: frame.requestId,
      codec: className === BOLT_CLASS.admin ? BOLT_CODEC.json : BOLT_CODEC.record,
      status,
      className,
    };
    return { frame: encodeBoltFrame(head, bytes), atOnce };
  }

  #content(request: ShardRequest, commits: number): Content {
    const { ledger, shard, store } = this.#options;
    const { accounts } = ledger.books;
    switch (request.op) {
      case 'ping':
        return inJson({ role: 'shard', shard, pid: process.pid }, true);
      case 'open':
        ledger.open(request.ranges);
        return inJson({ accounts: accounts.count }, false);
      case 'open_branches':
        return inJson(this.#openBranches(request), false);
      case 'entries': {
        const bytes = this.#entries.read(request.fromLsn, store.batches);
        return { bytes, className: BOLT_CLASS.entries, atOnce: true };
      }
      case 'accounts': {
        const target = Buffer.allocUnsafe(EXPORT_BYTES_MAX);
        const bytes = target.subarray(0, accounts.export(request.from, target) * ACCOUNT_BYTES);
        return { bytes, className: BOLT_CLASS.accounts, atOnce: false };
      }
      case 'stats':
        return inJson(this.#stats(commits), true);
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
      idsRemembered: ids.count,
      openHolds: pending.holds,
      openBranches: pending.branches,
      cpuUs: cpu.user + cpu.system,
      rssBytes: process.memoryUsage.rss(),
    };
  }
}

function inJson(value: object, atOnce: boolean): Content {
  return { bytes: Buffer.from(JSON.stringify(value)), className: BOLT_CLASS.admin, atOnce };
}
