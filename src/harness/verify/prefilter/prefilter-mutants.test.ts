/**
 * Who checks the prefilter: copies of it that are wrong in the ways such scans are wrong, over the same catalogue of planted
 * bugs. Each must give itself away by clearing a law that a history breaks. The real one must clear nothing that is broken.
 */
import {
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { merchantSubAccount } from '../../../wire/accounts.js';
import { OUTCOME } from '../../../wire/acks.js';
import { ENTRY_HEAD_BYTES, ENTRY_LEG_BYTES, LEG } from '../../../wire/ledger-log.js';
import { OPERATION_KIND } from '../../../wire/operations.js';
import { HEAD_BYTES, recordFile } from '../../records/record-files.js';
import { BOOKS_FOLDER } from '../../records/run-layout.js';
import { convertRun } from '../../records/to-parquet.js';
import { readBooksFacts } from '../books-facts.js';
import { RunDatabase } from '../database.js';
import { LAWS } from '../laws/registry.js';
import { PLANTED_BUGS } from '../synthetic/planted.js';
import { type Recorded, recordHistory, writeRecorded } from '../synthetic/run-folder.js';
import { scanRun } from '../synthetic/scan-run.js';
import { effectOf, settle } from '../synthetic/settle.js';
import type * as ScanModule from './scan.js';
import type * as ScreensModule from './screens.js';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'paydrill-prefilter-')));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const SHARDS = 2;
const CLEAN = recordHistory({ seed: 13, operations: 600, users: 60, merchants: 12 });

/** A history that breaks a law, in binary. */
interface Case {
  readonly bug: string;
  readonly law: string;
  readonly folder: string;
}

interface PrefilterMutant {
  readonly mistake: string;
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** The law it clears wrongly. */
  readonly law: string;
}

const MUTANTS: readonly PrefilterMutant[] = [
  {
    mistake: 'ignores versions',
    file: 'leg-walk.ts',
    from: 'version !== next || balance !== expected',
    to: 'balance !== expected',
    law: 'version-chain',
  },
  {
    mistake: 'ignores the balance at each version',
    file: 'leg-walk.ts',
    from: 'version !== next || balance !== expected',
    to: 'version !== next',
    law: 'version-chain',
  },
  {
    mistake: 'ignores real time',
    file: 'leg-walk.ts',
    from: 'if (completedUs < this.#pastUs) facts.untimely++;',
    to: '',
    law: 'version-chain',
  },
  {
    mistake: 'does not look at the clock of the log',
    file: 'walk-books.ts',
    from: 'if (us <= this.#lastUs) this.#facts.brokenChain++;',
    to: '',
    law: 'version-chain',
  },
  {
    mistake: 'forgets what is reserved when it looks for an overdraft',
    file: 'leg-walk.ts',
    from: 'balance < fields[at + STATE.debitsPending]',
    to: 'balance < 0',
    law: 'no-overdraft',
  },
  {
    mistake: 'takes any entry for the one that was asked',
    file: 'effects.ts',
    from: ': !this.#moved.fits;',
    to: ': false;',
    law: 'id-binding',
  },
  {
    mistake: 'does not look whose hold is voided',
    file: 'effects.ts',
    from: '? !legs.bodyFits :',
    to: '? false :',
    law: 'id-binding',
  },
  {
    mistake: 'does not look who was paid on the far shard',
    file: 'effects.ts',
    from: 'if (!this.#moved.fits) facts.wrongBody++;',
    to: '',
    law: 'id-binding',
  },
  {
    mistake: 'compares the legs of the home shard alone',
    file: 'moved-as-asked.ts',
    from: 'this.fits = isAsked &&',
    to: 'this.fits = (role === SECONDARY || isAsked) &&',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'takes any charge',
    file: 'own-legs.ts',
    from: 'int64(words, at + POSTING) === minor',
    to: 'true',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'does not look on which account a charge is',
    file: 'own-legs.ts',
    from: 'words[at] === account &&',
    to: '',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'takes any part of a merchant',
    file: 'own-legs.ts',
    from: 'if (otherHi !== (isSplit ? this.#partHigh : MERCHANT_HIGH)) return undefined;',
    to: '',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'takes any account for the clearing of a branch',
    file: 'own-legs.ts',
    from: 'if (otherLo !== system || otherHi !== this.#systemHigh) return undefined;',
    to: '',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'does not ask who pays',
    file: 'digest.ts',
    from: 'mix((head + owner + Math',
    to: 'mix((head + Math',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'does not look whether a leg is pending',
    file: 'leg-walk.ts',
    from: 'if (pending !== mode || posting === 0) modeFits = false;',
    to: '',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'takes any command for the one that was asked',
    file: 'moved-as-asked.ts',
    from: '&& mayBe(command, kind, role)',
    to: '',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'does not compare how a hold ends with how it was made',
    file: 'reservations.ts',
    from: 'this.#seen.branchLegs[held] !== legsDigest',
    to: 'false',
    law: 'legs-follow-operation',
  },
  {
    mistake: 'does not look what an account began with',
    file: 'account-states.ts',
    from: 'if (!agreed.isOpenedAs(account, opening, flags)) this.wrongOpenings++;',
    to: '',
    law: 'accounts-as-opened',
  },
  {
    mistake: 'does not count the accounts',
    file: 'account-states.ts',
    from: 'this.wrongOpenings += Math.abs(agreed.count - this.count);',
    to: '',
    law: 'accounts-as-opened',
  },
  {
    mistake: 'does not look whether an account may overdraw',
    file: 'agreed-accounts.ts',
    from: 'number <= merchants && opening === 0 && flags === BOUNDED',
    to: 'number <= merchants && opening === 0',
    law: 'accounts-as-opened',
  },
  {
    mistake: 'lets an id be declined and done',
    file: 'effects.ts',
    from: 'this.#facts.begunTwice++;',
    to: ';',
    law: 'once-per-id',
  },
  {
    mistake: 'leaves the reference out of the body',
    file: 'digest.ts',
    from: 'export function referenceDigest(words: Int32Array, at: number): number {',
    to: 'export function referenceDigest(words: Int32Array, at: number): number {\n  if (at >= 0) return 0;',
    law: 'id-binding',
  },
  {
    mistake: 'leaves the version out of what was told',
    file: 'digest.ts',
    from: 'Math.imul(version, 0x510e527f)',
    to: 'Math.imul(version, 0)',
    law: 'receipt-matches-books',
  },
  {
    mistake: 'leaves the balance out of what was told',
    file: 'digest.ts',
    from: 'Math.imul(balanceLo, 0x3c6ef373)',
    to: 'Math.imul(balanceLo, 0)',
    law: 'receipt-matches-books',
  },
  {
    mistake: 'leaves the time out of what was told',
    file: 'digest.ts',
    from: 'return mix((Math.imul(lo, 0x1159015b) + Math.imul(hi, 0x152fecd9)) | 0);',
    to: 'return lo * 0 + hi * 0;',
    law: 'receipt-matches-books',
  },
  {
    mistake: 'does not compare balances that were read',
    file: 'leg-walk.ts',
    from: 'if (read.balance !== int64(words, at + LEG.balance / 4)) facts.wrongReads++;',
    to: '',
    law: 'receipt-matches-books',
  },
  {
    mistake: 'believes every refusal for lack of money',
    file: 'declines.ts',
    from: 'isBounded && free < amount',
    to: 'isBounded',
    law: 'declined-with-cause',
  },
  {
    mistake: 'believes every decline that the books do not have',
    file: 'merge.ts',
    from: 'if (isToldPoor && (branches & BRANCH.poor) === 0) found.causeless++;',
    to: '',
    law: 'declined-with-cause',
  },
  {
    mistake: 'lets a gateway decline for lack of money by itself',
    file: 'merge.ts',
    from: '(branches & (BRANCH.poor | BRANCH.refused)) === BRANCH.poor',
    to: 'branches < 0',
    law: 'declined-with-cause',
  },
  {
    mistake: 'believes every refusal of a refund',
    file: 'refunds.ts',
    from: 'this.#reserved[row] + amount > this.#paid[row]',
    to: 'amount >= 0',
    law: 'declined-with-cause',
  },
  {
    mistake: 'takes one end of a hold for another',
    file: 'declines.ts',
    from: 'return this.#holds.endOf(words, at) === HOLD_ENDED.captured;',
    to: 'return this.#holds.endOf(words, at) > 0;',
    law: 'declined-with-cause',
  },
  {
    mistake: 'believes every reason that the books do not have',
    file: 'merge.ts',
    from: 'if (refusedWith[operation] > 0 && heard === 0) found.unheard++;',
    to: '',
    law: 'refused-with-reason',
  },
  {
    mistake: 'hears any refusal for the one that was told',
    file: 'walk-books.ts',
    from: 'operations.refusedWith[operation] === code',
    to: 'code > 0',
    law: 'refused-with-reason',
  },
  {
    mistake: 'lets every kind be refused for everything',
    file: 'walk-books.ts',
    from: 'if (isStrange(code, kind)) facts.strange++;',
    to: '',
    law: 'refused-with-reason',
  },
  {
    mistake: 'believes whatever reason is told',
    file: 'load-operations.ts',
    from: 'if (isReason(code, isAnswered)) loaded.reasoned++;',
    to: '',
    law: 'refused-with-reason',
  },
  {
    mistake: 'lets a read be of any time before',
    file: 'leg-walk.ts',
    from: 'if (askedUs > this.#pastUs) this.#pastUs = askedUs;',
    to: '',
    law: 'read-in-real-time',
  },
  {
    mistake: 'forgets what other reads have told',
    file: 'account-reads.ts',
    from: 'if (invokedUs > this.askedUs) this.askedUs = invokedUs;',
    to: '',
    law: 'read-in-real-time',
  },
  {
    mistake: 'lets a read be of any time after',
    file: 'leg-walk.ts',
    from: 'read.completedMinUs < this.#pastUs || command === RELEASE',
    to: 'command === RELEASE',
    law: 'read-in-real-time',
  },
  {
    mistake: 'believes every decline by risk control',
    file: 'over-limit.ts',
    from: 'code === OVER_LIMIT && this.operations.has(operation)',
    to: 'true',
    law: 'risk-as-agreed',
  },
  {
    mistake: 'knows no limit of one payment',
    file: 'walk-books.ts',
    from: 'this.#facts.overLimit++',
    to: 'this.#facts.overLimit += 0',
    law: 'risk-as-agreed',
  },
  {
    mistake: 'does not count what payers do',
    file: 'payer-shares.ts',
    from: 'this.shares[payer] += ',
    to: 'this.shares[payer] += 0 * ',
    law: 'risk-as-agreed',
  },
  {
    mistake: 'counts how often payers pay, not how much',
    file: 'payer-shares.ts',
    from: 'Math.max(this.#ofOne, amountMinor * this.#ofMinor)',
    to: 'this.#ofOne',
    law: 'risk-as-agreed',
  },
  {
    mistake: 'counts how much payers pay, not how often',
    file: 'payer-shares.ts',
    from: 'Math.max(this.#ofOne, amountMinor * this.#ofMinor)',
    to: 'amountMinor * this.#ofMinor',
    law: 'risk-as-agreed',
  },
  {
    mistake: 'looks at what a payer did in each part of the journal by itself',
    file: 'payer-shares.ts',
    from: 'share += part[payer] ?? 0',
    to: 'share = Math.max(share, part[payer] ?? 0)',
    law: 'risk-as-agreed',
  },
  {
    mistake: 'follows real time along each account by itself',
    file: 'leg-walk.ts',
    from: 'if (invokedUs > this.#pastUs) this.#pastUs = invokedUs;',
    to: '',
    law: 'strict-serializable',
  },
  {
    mistake: 'lets a read see half of a capture',
    file: 'leg-walk.ts',
    from: ' || command === RELEASE',
    to: '',
    law: 'strict-serializable',
  },
  {
    mistake: 'does not compare the account with the one that was asked for',
    file: 'load-operations.ts',
    from: 'legs !== 1 || asked !== memory.body[index]',
    to: 'legs !== 1',
    law: 'read-in-real-time',
  },
  {
    mistake: 'drops balances read of accounts that no shard has',
    file: 'merge.ts',
    from: "total('wrongReads') + total('wrongTold') + unplacedReads",
    to: "total('wrongReads') + total('wrongTold') + unplacedReads * 0",
    law: 'receipt-matches-books',
  },
  {
    mistake: 'counts an operation once however often it happened',
    file: 'effects.ts',
    from: 'Math.min(255, seen.effects[operation] + 1)',
    to: '1',
    law: 'once-per-id',
  },
  {
    mistake: 'counts what happened on one shard at a time',
    file: 'merge.ts',
    from: 'effects += memory.effects[operation];',
    to: 'effects = Math.max(effects, memory.effects[operation]);',
    law: 'once-per-id',
  },
  {
    mistake: 'counts a far half once however often it was confirmed',
    file: 'effects.ts',
    from: 'Math.min(255, seen.halves[operation] + 1)',
    to: '1',
    law: 'once-per-id',
  },
  {
    mistake: 'forgets the other half of what crosses shards',
    file: 'effects.ts',
    from: 'seen.branch[operation] |= BRANCH.crosses;',
    to: '',
    law: 'no-lost-ack',
  },
  {
    mistake: 'drops acknowledgements found by look-up',
    file: 'load-operations.ts',
    from: 'bits |= STATUS.ok;',
    to: 'if (isAnswered) bits |= STATUS.ok;',
    law: 'no-lost-ack',
  },
  {
    mistake: 'takes whatever a look-up told for an answer',
    file: 'merge.ts',
    from: '(bits & OUTCOME_BITS) === STATUS.told',
    to: 'false',
    law: 'look-up-finds',
  },
  {
    mistake: 'takes `not admitted` for no promise',
    file: 'load-operations.ts',
    from: 'scope === SCOPE.attempt && once',
    to: 'scope === SCOPE.attempt && false',
    law: 'definite-decline',
  },
  {
    mistake: 'does not count what nobody asked for',
    file: 'walk-books.ts',
    from: 'if (legs > 0 && operation < 0 && isOfDrill) facts.phantom++;',
    to: '',
    law: 'no-phantom',
  },
  {
    mistake: 'does not add up the legs of an entry',
    file: 'walk-books.ts',
    from: 'walked.sum !== 0 ||',
    to: '',
    law: 'double-entry',
  },
  {
    mistake: 'lets an entry take effect without legs',
    file: 'walk-books.ts',
    from: '(legs === 0 && isCreated && MUST_MOVE[command] === 1)',
    to: 'false',
    law: 'double-entry',
  },
  {
    mistake: 'lets a declined entry move money',
    file: 'walk-books.ts',
    from: '(legs > 0 && !mayMove) ||',
    to: '',
    law: 'double-entry',
  },
  {
    mistake: 'adds up numbers that a double does not hold',
    file: 'exact-range.ts',
    from: 'if (bits >>> 19 !== 0)',
    to: 'if (bits === -1)',
    law: 'double-entry',
  },
  {
    mistake: 'lets a branch end with other legs than it was made',
    file: 'reservations.ts',
    from: '!isOpen || branchLegs[operation] !== legsDigest',
    to: '!isOpen',
    law: 'reserved-ends-once',
  },
  {
    mistake: 'lets a reservation end twice',
    file: 'reservations.ts',
    from: '(before & made) !== 0 && (before & ended) === 0',
    to: '(before & made) !== 0',
    law: 'reserved-ends-once',
  },
  {
    mistake: 'lets a branch end that was never tried',
    file: 'reservations.ts',
    from: 'if (!isOpen || branchLegs',
    to: 'if ((before & made) !== 0 && branchLegs',
    law: 'reserved-ends-once',
  },
  {
    mistake: 'never looks at deadlines of holds',
    file: 'reservations.ts',
    from: 'if (isOver &&',
    to: 'if (isOver && nowUs < 0 &&',
    law: 'no-stuck-hold',
  },
  {
    mistake: 'does not look at a shard that has been idle since',
    file: 'walk-books.ts',
    from: 'Math.max(this.#latestUs, this.#job.readAtUs)',
    to: 'this.#latestUs',
    law: 'no-stuck-hold',
  },
  {
    mistake: 'does not compare what was captured with what was held',
    file: 'holds.ts',
    from: 'int64(words, at + ENTRY.amount / 4) > held ||\n      this.#debited > held ||',
    to: '',
    law: 'hold-bounds',
  },
  {
    mistake: 'does not look for whom a hold was',
    file: 'holds.ts',
    from: 'this.#operations.payee[operation] !== this.#words[word + WORD.payee]',
    to: 'false',
    law: 'hold-bounds',
  },
  {
    mistake: 'lets a hold run out at any time',
    file: 'holds.ts',
    from: 'if (timestampUs < deadlineUs) this.#facts.wrongHolds++;',
    to: '',
    law: 'hold-bounds',
  },
  {
    mistake: 'lets a hold run out however late',
    file: 'holds.ts',
    from: 'if (timestampUs > deadlineUs + EXPIRY_WITHIN_US) this.#facts.wrongHolds++;',
    to: '',
    law: 'hold-bounds',
  },
  {
    mistake: 'lets a hold be ended at any time',
    file: 'holds.ts',
    from: 'if (timestampUs > deadlineUs + FRAME_ENTRIES_MAX) this.#facts.wrongHolds++;',
    to: '',
    law: 'hold-bounds',
  },
  {
    mistake: 'lets anybody void a hold',
    file: 'holds.ts',
    from: 'if (body !== this.#operations.body[operation]) this.#facts.wrongHolds++;',
    to: '',
    law: 'hold-bounds',
  },
  {
    mistake: 'lets a capture release nothing',
    file: 'holds.ts',
    from: 'if (!isPaired) this.#facts.wrongHolds++;',
    to: '',
    law: 'hold-bounds',
  },
  {
    mistake: 'looks at each refund by itself',
    file: 'refunds.ts',
    from: 'this.#refunded[row] += int64',
    to: 'this.#refunded[row] = int64',
    law: 'refund-bounds',
  },
  {
    mistake: 'takes any reference for a payment',
    file: 'refunds.ts',
    from: 'facts.wrongRefunds++;\n      return;',
    to: 'return;',
    law: 'refund-bounds',
  },
  {
    mistake: 'does not look who got the refund',
    file: 'refunds.ts',
    from: 'const isOwner = legs[at] === words[legAt] && ownerHigh(legs[at + 1]) === high;',
    to: 'const isOwner = true;',
    law: 'refund-bounds',
  },
  {
    mistake: 'does not compare how two shards ended an operation',
    file: 'merge.ts',
    from: 'if (peer > 0 && seen[peer - 1]?.confirmedFor[operation] !== shard + 1) found.stuck++;',
    to: '',
    law: 'no-stuck-hold',
  },
  {
    mistake: 'forgets branches that were tried and left',
    file: 'merge.ts',
    from: 'if ((branch & BRANCH.tried) !== 0 && (branch & BRANCH.ended) === 0) found.stuck++;',
    to: '',
    law: 'no-stuck-hold',
  },
  {
    mistake: 'lets an account have entries that was never opened',
    file: 'leg-walk.ts',
    from: 'facts.wrongHistory++;',
    to: '',
    law: 'balance-is-history',
  },
  {
    mistake: 'does not compare what is pending at the end',
    file: 'account-states.ts',
    from: 'fields[from + STATE.debitsPending] === debitsPending &&',
    to: '',
    law: 'balance-is-history',
  },
  {
    mistake: 'does not compare the version at the end',
    file: 'account-states.ts',
    from: 'rows[row + STATE.version] >>> 0 === version',
    to: 'true',
    law: 'balance-is-history',
  },
  {
    mistake: 'takes what a shard was opened with for what it has',
    file: 'merge.ts',
    from: 'sums.balance !== sums.opening',
    to: 'sums.balance !== sums.balance',
    law: 'conservation',
  },
  {
    mistake: 'does not compare what is reserved on the two sides',
    file: 'merge.ts',
    from: 'if (sums.debitsPending !== sums.creditsPending) wrong++;',
    to: '',
    law: 'conservation',
  },
  {
    mistake: 'does not compare what two shards hold for each other',
    file: 'merge.ts',
    from: '(balance ?? 0) + (totals[peer]?.owed[shard] ?? 0) !== 0',
    to: 'balance === undefined',
    law: 'shards-agree',
  },
  {
    mistake: 'takes the first of two operations with one id',
    file: 'operation-index.ts',
    from: 'Atomics.add(memory.counters, 0, 1);',
    to: '',
    law: 'id-binding',
  },
];

/** Beyond the planted bugs: what only a scan in doubles and digests can get wrong. */
const SCAN_BUGS: readonly {
  readonly bug: string;
  readonly law: string;
  readonly plant: (recorded: Recorded) => void;
  /** On the files, where plain numbers cannot say it. */
  readonly patch?: (folder: string, recorded: Recorded) => void;
}[] = [
  {
    bug: 'four legs that do not sum to zero, by one that their sum in doubles does not have',
    law: 'double-entry',
    plant: () => undefined,
    patch: (folder, { entries: [log = []] }) => {
      const index = log.findIndex(({ legs }) => legs.length === 4);
      const entryAt = log
        .slice(0, index)
        .reduce(
          (at, { legs }) => at + ENTRY_HEAD_BYTES + legs.length * ENTRY_LEG_BYTES,
          HEAD_BYTES,
        );
      const path = join(
        folder,
        BOOKS_FOLDER,
        recordFile({ kind: 'entries', part: 0, segment: 0, isPacked: false }),
      );
      const bytes = readFileSync(path);
      const [large, small] = [2n ** 53n - 2n ** 40n, 2n ** 40n];
      for (const [leg, posting] of [large, small + 1n, -large, -small].entries())
        bytes.writeBigInt64LE(
          posting,
          entryAt + ENTRY_HEAD_BYTES + leg * ENTRY_LEG_BYTES + LEG.posting,
        );
      writeFileSync(path, bytes);
    },
  },
  {
    bug: 'a balance was read that the account did not have at that version',
    law: 'receipt-matches-books',
    plant: ({ operations }) => {
      const legs = operations
        .filter(({ kind }) => kind === OPERATION_KIND.balance)
        .flatMap(({ completion }) => completion?.legs ?? []);
      const leg = legs.find(({ version }) => version > 0);
      if (leg === undefined) throw new Error('no balance was read after a change');
      leg.balance += 1;
    },
  },
  {
    bug: 'an account of no shard was read',
    law: 'receipt-matches-books',
    plant: ({ operations }) => {
      const read = operations.find(
        ({ completion, kind }) =>
          kind === OPERATION_KIND.balance && completion?.outcome === OUTCOME.ok,
      );
      const leg = read?.completion?.legs[0];
      if (leg === undefined) throw new Error('no balance read');
      Object.assign(leg, { account: merchantSubAccount(1, 77), version: 1 });
    },
  },
  {
    bug: 'two operations with one id and two bodies are both acknowledged',
    law: 'id-binding',
    plant: (recorded) => {
      const { operations } = recorded;
      const done = operations.find(
        (one) => one.completion?.outcome === OUTCOME.ok && effectOf(recorded, one) !== undefined,
      );
      if (done?.completion === undefined) throw new Error('nothing was acknowledged');
      const sequence = operations.filter(({ worker }) => worker === done.worker).length;
      operations.push(structuredClone({ ...done, sequence, amount: done.amount + 1 }));
    },
  },
  {
    bug: 'a payment within one shard names a shard that there is not, and its half is nowhere',
    law: 'no-lost-ack',
    plant: (recorded) => {
      const done = recorded.operations.find(
        (one) => one.completion?.outcome === OUTCOME.ok && effectOf(recorded, one)?.flags === 0,
      );
      const effect = done && effectOf(recorded, done);
      if (effect === undefined) throw new Error('nothing stayed within one shard');
      effect.peer = 255;
    },
  },
  {
    bug: 'the log goes back in time after the time of a hold was over',
    law: 'no-stuck-hold',
    plant: (recorded) => {
      const ended = new Set(
        recorded.entries.flat().map(({ reference }) => JSON.stringify(reference)),
      );
      const hold = recorded.entries
        .flat()
        .find(({ command, id }) => command === 5 && !ended.has(JSON.stringify(id)));
      const log = recorded.entries[hold?.shard ?? 0] ?? [];
      const beforeLast = log.at(-2);
      if (hold === undefined || beforeLast === undefined) throw new Error('no open hold');
      hold.timeoutS = 1;
      beforeLast.timestampUs = hold.timestampUs + 2_000_000;
    },
  },
];

const cases: Case[] = [];

beforeAll(async () => {
  for (const { bug, law, plant, patch } of [
    ...PLANTED_BUGS.map((planted) => ({ ...planted, patch: undefined })),
    ...SCAN_BUGS,
  ]) {
    const recorded = structuredClone(CLEAN);
    plant(recorded);
    const folder = mkdtempSync(join(root, 'run-'));
    await writeRecorded(folder, recorded, 'binary');
    patch?.(folder, recorded);
    cases.push({ bug, law, folder });
  }
}, 60_000);

interface Prefilter {
  readonly scan: typeof ScanModule;
  readonly SCREENS: typeof ScreensModule.SCREENS;
}

/** A copy of the prefilter with a mistake in it; without one it is the real one. */
async function prefilter(mutant: PrefilterMutant | undefined): Promise<Prefilter> {
  const folder = mkdtempSync(join(root, 'prefilter-'));
  for (const name of readdirSync(import.meta.dirname)) {
    if (!name.endsWith('.ts') || name.endsWith('.test.ts')) continue;
    const text = readFileSync(join(import.meta.dirname, name), 'utf8');
    const changed = name === mutant?.file ? text.replace(mutant.from, mutant.to) : text;
    if (name === mutant?.file) expect(changed).not.toBe(text);
    const rooted = changed.replace(
      /from '(\.\.\/[^']+)'/g,
      (_, path: string) => `from '${join(import.meta.dirname, path)}'`,
    );
    writeFileSync(join(folder, name), rooted);
  }
  const scan: typeof ScanModule = await import(join(folder, 'scan.ts'));
  const screens: typeof ScreensModule = await import(join(folder, 'screens.ts'));
  return { scan, SCREENS: screens.SCREENS };
}

/** Whether it says `nothing suspicious` of the law that this history breaks. */
async function clears({ scan, SCREENS }: Prefilter, { folder, law }: Case): Promise<boolean> {
  const facts = await scanRun(folder, scan);
  return facts !== undefined && SCREENS.get(law)?.suspicions(facts) === 0;
}

describe('the prefilter', () => {
  it('clears no law that a history breaks', async () => {
    const real = await prefilter(undefined);
    for (const one of cases)
      expect([one.bug, one.law, await clears(real, one)]).toEqual([one.bug, one.law, false]);
  });

  it('clears every law of a clean history', async () => {
    const folder = mkdtempSync(join(root, 'clean-'));
    await writeRecorded(folder, settle(structuredClone(CLEAN)), 'binary');
    const { scan, SCREENS } = await prefilter(undefined);
    const facts = await scanRun(folder, scan);
    expect(facts && LAWS.map(({ name }) => SCREENS.get(name)?.suspicions(facts))).toEqual(
      LAWS.map(() => 0),
    );
  });

  it.each(SCAN_BUGS)('is tried on what the queries find broken: $bug', async ({ bug, law }) => {
    const found = cases.find((one) => one.bug === bug);
    const sql = LAWS.find(({ name }) => name === law)?.sql;
    if (found === undefined || sql === undefined) throw new Error('no such case');
    const folder = mkdtempSync(join(root, 'exact-'));
    cpSync(found.folder, folder, { recursive: true });
    await convertRun({ folder, shards: SHARDS, keepBinary: false });
    const books = readBooksFacts(folder);
    if (!books.complete) throw new Error(books.reason);
    const database = await RunDatabase.open(folder, books, { money: CLEAN.money, threads: 1 });
    expect(await database.rows(sql)).not.toEqual([]);
    database.close();
  });
});

describe('a prefilter that', () => {
  it.each(MUTANTS)('$mistake is found out ($law)', async (mutant) => {
    const wrong = await prefilter(mutant);
    const foundOutBy: string[] = [];
    for (const one of cases)
      if (one.law === mutant.law && (await clears(wrong, one))) foundOutBy.push(one.bug);
    expect(foundOutBy).not.toEqual([]);
  });
});
