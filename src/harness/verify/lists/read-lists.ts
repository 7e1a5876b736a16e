/** The recorded histories of lists of a run folder, part by part (journal/list-history.ts writes them). */
import { createReadStream, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { isListClaim, type ListClaim } from '../../../wire/list-claims.js';
import { type Fields, fieldsOf, whole } from '../../records/json-fields.js';
import { LISTS_FOLDER } from '../../records/run-layout.js';
import { oneLine, SpoiltRunError, UnreadableRunError } from '../unreadable.js';
import type { ListOperation, ListTransaction, ListValue } from './list-history.js';

export interface RecordedLists {
  /** Undefined where the script claims nothing. */
  readonly claim: ListClaim | undefined;
  /** In the order in which they began. */
  readonly transactions: readonly ListTransaction[];
}

/** What the run's other files say of it. */
export interface ListsOf {
  readonly runId: string | undefined;
  readonly workers: number | undefined;
}

interface Part {
  readonly claim: ListClaim | undefined;
  readonly transactions: ListTransaction[];
}

export function hasLists(folder: string): boolean {
  return statSync(join(folder, LISTS_FOLDER), { throwIfNoEntry: false })?.isDirectory() === true;
}

/** Rejects with SpoiltRunError or UnreadableRunError. */
export async function readLists(folder: string, of: ListsOf): Promise<RecordedLists> {
  const names = readdirSync(join(folder, LISTS_FOLDER)).filter((name) => name.endsWith('.jsonl'));
  const { workers } = of;
  const parts: Part[] = [];
  for (const name of names.sort()) parts.push(await readPart(join(folder, LISTS_FOLDER, name), of));
  const [first] = parts;
  const { claim } = first ?? { claim: undefined };
  if (parts.some((part) => part.claim !== claim))
    throw new SpoiltRunError('the parts of lists/ make different claims');
  // Every worker makes the claim; without one only those begin a part that have transactions.
  if (claim !== undefined && workers !== undefined && parts.length !== workers)
    throw new SpoiltRunError(`lists/ has ${parts.length} parts of ${workers} workers`);
  const transactions = parts
    .flatMap((part) => part.transactions)
    .sort((one, other) => one.invokedUs - other.invokedUs);
  return { claim, transactions };
}

async function readPart(path: string, { runId }: ListsOf): Promise<Part> {
  const transactions: ListTransaction[] = [];
  let claim: ListClaim | undefined;
  let said: number | undefined;
  let number = 0;
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      const fields = fieldsOf(JSON.parse(line), 'a line');
      if (number === 0) claim = claimOf(fields, runId, path);
      else if (fields.has('transactions')) said = whole(fields, 'transactions');
      else transactions.push(transactionOf(fields));
      number++;
    }
  } catch (cause) {
    if (cause instanceof SpoiltRunError) throw cause;
    throw new UnreadableRunError(`${path}, line ${number + 1}, cannot be read: ${oneLine(cause)}`, {
      cause,
    });
  }
  if (said === transactions.length) return { claim, transactions };
  const told = said === undefined ? 'does not say how many it should have' : `should have ${said}`;
  throw new SpoiltRunError(`${path} has ${transactions.length} transactions and ${told}`);
}

function claimOf(fields: Fields, runId: string | undefined, path: string): ListClaim | undefined {
  if (runId !== undefined && fields.get('run_id') !== runId)
    throw new SpoiltRunError(`${path} is of another run`);
  const claim = fields.get('claim');
  if (claim === null) return undefined;
  if (isListClaim(claim)) return claim;
  throw new Error('its claim is not known');
}

function transactionOf(fields: Fields): ListTransaction {
  const outcome = fields.get('outcome');
  if (outcome !== 'ok' && outcome !== 'failed' && outcome !== 'unknown')
    throw new Error('its outcome is not known');
  const did = fields.get('did');
  if (!Array.isArray(did)) throw new Error('what it did is no list');
  return {
    vu: whole(fields, 'vu'),
    invokedUs: timeOf(fields, 'invoked_us'),
    completedUs: outcome === 'unknown' ? Number.POSITIVE_INFINITY : timeOf(fields, 'completed_us'),
    outcome,
    operations: did.map(operationOf),
  };
}

function timeOf(fields: Fields, name: string): number {
  const value = fields.get(name);
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new Error(`${name} is no time`);
}

function operationOf(told: unknown): ListOperation {
  if (Array.isArray(told)) {
    const [does, key, what]: readonly unknown[] = told;
    if (typeof key === 'string') {
      if (does === 'append' && isValue(what)) return { does, key, value: what };
      if (does === 'read' && Array.isArray(what) && what.every(isValue))
        return { does, key, values: what };
    }
  }
  throw new Error(`${JSON.stringify(told)} is no operation`);
}

function isValue(value: unknown): value is ListValue {
  return typeof value === 'number' || typeof value === 'string';
}
