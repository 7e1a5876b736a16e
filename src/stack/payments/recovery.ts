/**
 * Settles branches whose coordinator died, lost a link, or never got an answer. Once a second every shard is
 * asked for branches left open; each is settled by the decision at its primary, which Cancel asks for and, where
 * none was taken yet, takes:
 *
 *   primary tried        -> Cancel at the primary
 *   secondary tried      -> Cancel at its primary;  cancelled         -> Cancel the secondary, with the primary's code
 *                                                   already confirmed -> Confirm the secondary
 *
 * Every command is idempotent, so it does not matter how often, or by how many, this is done. Ids that are being
 * coordinated here at this moment are left alone.
 */
import type { OpenBranch } from '../../wire/admin.js';
import { COMMAND, COMMAND_FLAG } from '../../wire/ledger-commands.js';
import type { Mutant } from '../../wire/mutants.js';
import { parseOperationId, writeOperationId } from '../../wire/operation-id.js';
import { OP, OPERATION_BYTES } from '../../wire/operations.js';
import { ackCode, clearingPeer, isCreated } from './ack-writer.js';
import type { Ask, Board } from './board.js';
import { isCancelled } from './cross-shard.js';
import type { ShardLink } from './shard-link.js';
import { STEP } from './slots.js';

/** Branches younger than this may still have a coordinator. */
export const RECOVERY_AGE_MS = 3000;
/** Branches taken up at a time from one shard; after a full batch the next one is fetched at once. */
const RECOVERY_BATCH = 1024;

const HOME_RECOVER: Ask = {
  step: STEP.homeRecover,
  command: COMMAND.cancel,
  flags: COMMAND_FLAG.primary,
  withLegs: false,
  code: 0,
};
const PEER_CONFIRM: Ask = {
  step: STEP.peerSettle,
  command: COMMAND.confirm,
  flags: COMMAND_FLAG.secondary,
  withLegs: false,
  code: 0,
};
const PEER_CANCEL: Ask = { ...PEER_CONFIRM, command: COMMAND.cancel };

export class Recovery {
  readonly #board: Board;
  readonly #mutant: Mutant | undefined;
  /** Shards whose list was asked for and has not come. */
  readonly #asking = new Set<number>();
  readonly #record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  /** Slots that settle a branch found at each shard. */
  readonly #settling: Int32Array;
  readonly #batchWasFull: Uint8Array;
  #olderThanMs = RECOVERY_AGE_MS;
  confirmed = 0;
  cancelled = 0;

  constructor(board: Board, mutant: Mutant | undefined) {
    this.#board = board;
    this.#mutant = mutant;
    this.#settling = new Int32Array(board.placement.shards);
    this.#batchWasFull = new Uint8Array(board.placement.shards);
  }

  /** Looks for branches open for `olderThanMs` at every connected shard; returns at once. */
  run(olderThanMs: number): void {
    if (this.#mutant === 'forget-open-branches') return;
    this.#olderThanMs = olderThanMs;
    for (const link of this.#board.links) this.#ask(link);
  }

  #ask(link: ShardLink): void {
    const { shard } = link;
    if (!link.up || this.#asking.has(shard) || this.#settling[shard] > 0) return;
    this.#asking.add(shard);
    link
      .request({ op: 'open_branches', olderThanMs: this.#olderThanMs, limit: RECOVERY_BATCH })
      .finally(() => this.#asking.delete(shard))
      .then(
        (answer) => this.#onBranches(shard, answer),
        (error: Error) => this.#board.log(`open branches: ${error.message}`),
      );
  }

  /** The step was owed and is answered. */
  onAnswer(slot: number, step: number, view: DataView, at: number): void {
    const { slots } = this.#board;
    const home = slots.home[slot];
    const peer = slots.peer[slot];
    if (step === STEP.homeRecover && home !== peer) {
      const confirmed = isCreated(view, at) && clearingPeer(view, at) === peer;
      if (!confirmed && !isCreated(view, at) && !isCancelled(view, at)) {
        this.#end(slot);
        return;
      }
      if (confirmed) this.confirmed++;
      else this.cancelled++;
      const settled = confirmed ? PEER_CONFIRM : { ...PEER_CANCEL, code: ackCode(view, at) };
      if (!this.#board.askPeer(slot, settled)) this.#end(slot);
      return;
    }
    if (step === STEP.homeRecover && isCancelled(view, at)) this.cancelled++;
    this.#end(slot);
  }

  /** The link of one of the slot's shards went down: another round will find the branch again. */
  onLost(slot: number): void {
    this.#end(slot);
  }

  #end(slot: number): void {
    const shard = this.#board.slots.position[slot];
    this.#board.release(slot);
    const left = Math.max(0, this.#settling[shard] - 1);
    this.#settling[shard] = left;
    const link = this.#board.links[shard];
    if (left === 0 && this.#batchWasFull[shard] === 1 && link !== undefined) this.#ask(link);
  }

  #onBranches(shard: number, answer: unknown): void {
    const branches = branchesOf(answer);
    this.#batchWasFull[shard] = branches.length >= RECOVERY_BATCH ? 1 : 0;
    for (const branch of branches) this.#settle(shard, branch);
  }

  #settle(shard: number, branch: OpenBranch): void {
    const { slots, index, links, placement } = this.#board;
    const words = parseOperationId(branch.id);
    if (words === undefined || branch.peer >= placement.shards) return;
    const home = branch.role === 'primary' ? shard : branch.peer;
    if (!links[home]?.up || !links[shard]?.up) return;
    writeOperationId(this.#record, OP.id, words);
    if (index.find(this.#record, OP.id) >= 0) return;
    const slot = slots.take();
    if (slot < 0) return;
    slots.kind[slot] = 0;
    slots.home[slot] = home;
    slots.peer[slot] = shard;
    slots.answered[slot] = 1;
    slots.position[slot] = shard;
    this.#settling[shard] = this.#settling[shard] + 1;
    this.#board.enter(slot, this.#record, 0);
    if (this.#mutant === 'presume-abort' && home !== shard) {
      if (!this.#board.askPeer(slot, PEER_CANCEL)) this.#end(slot);
      return;
    }
    const at = slots.operationAt(slot);
    if (!this.#board.askHome(slot, HOME_RECOVER, slots.operations, at)) this.#end(slot);
  }
}

function branchesOf(answer: unknown): readonly OpenBranch[] {
  if (typeof answer !== 'object' || answer === null || !('branches' in answer)) return [];
  return Array.isArray(answer.branches) ? answer.branches.filter(isBranch) : [];
}

function isBranch(value: unknown): value is OpenBranch {
  if (typeof value !== 'object' || value === null) return false;
  const { id, role, peer }: Partial<Record<keyof OpenBranch, unknown>> = value;
  const roleKnown = role === 'primary' || role === 'secondary';
  return typeof id === 'string' && roleKnown && Number.isInteger(peer);
}
