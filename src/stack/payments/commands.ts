/**
 * Command records written in place: what a shard is asked, out of the operation record behind it and the legs
 * of its template. The hot path of every operation: words are copied, nothing is allocated. Pure.
 */
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { CMD, COMMAND_BYTES, MORE_LEGS, RECORD_LEGS } from '../../wire/ledger-commands.js';
import { OP } from '../../wire/operations.js';
import { readParty } from '../../wire/party.js';
import type { Legs } from './legs.js';

/** What a command says beyond its operation; one object, reused. */
export interface CommandHead {
  tag: number;
  /** COMMAND */
  command: number;
  /** COMMAND_FLAG */
  flags: number;
  /** The other shard, or the shard itself. */
  peer: number;
  /** record_decline, cancel: RESULTS; otherwise 0. */
  code: number;
}

/** Writes all 128 bytes at `at`, or the `recordsOf` it takes; without `legs` the command has none. */
export function writeCommand(
  target: DataView,
  at: number,
  operation: DataView,
  operationAt: number,
  head: CommandHead,
  legs: Legs | undefined,
): void {
  for (let byte = 0; byte < 32; byte += 4) {
    const word = operation.getInt32(operationAt + OP.id + byte, true);
    target.setInt32(at + CMD.id + byte, word, true);
  }
  target.setUint32(at + CMD.tag, head.tag, true);
  target.setUint8(at + CMD.command, head.command);
  target.setUint8(at + CMD.kind, operation.getUint8(operationAt + OP.kind));
  target.setUint8(at + CMD.legs, legs === undefined ? 0 : legs.count);
  target.setUint8(at + CMD.flags, head.flags);
  target.setUint16(at + CMD.code, head.code, true);
  target.setUint8(at + CMD.channel, operation.getUint8(operationAt + OP.channel));
  target.setUint8(at + CMD.peer, head.peer);
  target.setUint32(at + CMD.timeoutS, operation.getUint32(operationAt + OP.timeoutS, true), true);
  const amountLow = operation.getInt32(operationAt + OP.amount, true);
  const amountHigh = operation.getInt32(operationAt + OP.amount + 4, true);
  target.setInt32(at + CMD.amount, amountLow, true);
  target.setInt32(at + CMD.amount + 4, amountHigh, true);
  writeLegs(target, at, legs);
  target.setUint32(at + CMD.user, operation.getUint32(operationAt + OP.account, true), true);
  target.setInt32(at + CMD.counterparty, readParty(operation, operationAt + OP.counterparty), true);
}

/** Of how many records a command with these legs is. */
export function recordsOf(legs: Legs | undefined): number {
  return legs !== undefined && legs.count > RECORD_LEGS ? 2 : 1;
}

function writeLegs(target: DataView, at: number, legs: Legs | undefined): void {
  const count = legs === undefined ? 0 : legs.count;
  for (let leg = 0; leg < RECORD_LEGS; leg++) {
    const isThere = leg < count && legs !== undefined;
    writeUint64(target, at + CMD.accounts + leg * 8, isThere ? legs.accounts[leg] : 0);
    writeInt64(target, at + CMD.postings + leg * 8, isThere ? legs.postings[leg] : 0);
  }
  if (legs !== undefined && count > RECORD_LEGS) writeMoreLegs(target, at, legs);
}

/** The record behind the command's. */
function writeMoreLegs(target: DataView, at: number, legs: Legs): void {
  const more = at + COMMAND_BYTES;
  for (let byte = 0; byte < COMMAND_BYTES; byte += 4) target.setInt32(more + byte, 0, true);
  target.setUint32(more + CMD.tag, target.getUint32(at + CMD.tag, true), true);
  target.setUint8(more + CMD.command, MORE_LEGS);
  for (let leg = RECORD_LEGS; leg < legs.count; leg++) {
    const to = more + (leg - RECORD_LEGS) * 8;
    writeUint64(target, to + CMD.accounts, legs.accounts[leg]);
    writeInt64(target, to + CMD.postings, legs.postings[leg]);
  }
}
