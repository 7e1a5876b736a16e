/**
 * By what a part of the journal and the books of a shard are known again: the sum, modulo 2^32, of some words of every record, in
 * whatever order. The words are those that binary and Parquet files both keep and by which no two runs are alike: ids, times,
 * amounts. Another part with as many records has the same sum with odds of one in 2^32. It is no seal against whoever wants to
 * deceive.
 */
import { ACK } from '../../wire/acks.js';
import { ACCOUNT, ENTRY } from '../../wire/ledger-log.js';
import { OP } from '../../wire/operations.js';
import { COMPLETION, INVOKE } from './journal-layout.js';

type Words = Uint32Array | Int32Array;

/** Of the record that begins at word `at`; so below. */
export function invokeSum(words: Words, at: number): number {
  return (
    (idSum(words, at) +
      words[at + OP.account / 4] +
      words[at + OP.amount / 4] +
      words[at + INVOKE.invokedUs / 4]) |
    0
  );
}

export function completionSum(words: Words, at: number): number {
  return (words[at + ACK.timestamp / 4] + words[at + COMPLETION.completedUs / 4]) | 0;
}

export function entrySum(words: Words, at: number): number {
  return (idSum(words, at) + words[at + ENTRY.timestamp / 4] + words[at + ENTRY.amount / 4]) | 0;
}

export function accountSum(words: Words, at: number): number {
  return (
    (words[at + ACCOUNT.account / 4] +
      words[at + ACCOUNT.debitsPosted / 4] +
      words[at + ACCOUNT.creditsPosted / 4] +
      words[at + ACCOUNT.version / 4]) |
    0
  );
}

function idSum(words: Words, at: number): number {
  return words[at] + words[at + 1] + words[at + 2] + words[at + 3];
}
