/**
 * What the answer to one request says about its operation, as an ack record. The API's contract decides, and where it is
 * silent the answer says nothing definite (after Jepsen's rule: when in doubt, indefinite):
 *
 *   asked     status                body                              ack
 *   effect    200                   outcome ok, receipt complete      ok, with the receipt
 *             400 402 409 422       code of a refusal of the table    declined, with that code
 *             503                   code `not_admitted`, `expired_    declined, with that code: this attempt
 *                                   before_execution`, `shard_        was not executed
 *                                   unavailable`
 *             504                   a code                            unknown, with that code
 *   look-up   200                   any outcome                       as told
 *             400 404 503           a code                            declined, with that code
 *             422                   a code                            unknown, with that code: another operation has
 *                                                                     the id
 *   balance   200                   parts complete                    ok, the parts as legs
 *             400 404 503           a code                            declined, with that code
 *   any       all else: 500, 502, another 4xx, a body that            unknown, `answer_malformed`
 *             cannot be read, an id that was not asked for
 *
 * How far a code is definite is in wire/results.ts. Pure.
 */
import { accountNamed } from '../../products/account-names.js';
import { ACK, ACK_BYTES, OUTCOME, RECEIPT_LEGS } from '../../wire/acks.js';
import { writeInt64, writeUint64 } from '../../wire/bytes.js';
import { OPERATION_KIND } from '../../wire/operations.js';
import { RESULTS, type ResultName, resultScope, SHED_RESULTS } from '../../wire/results.js';

export interface HttpAnswer {
  readonly status: number;
  readonly body: Buffer;
}

/** Of the request that is answered. */
export interface Asked {
  readonly tag: number;
  readonly kind: number;
  readonly id: string;
}

type Fields = Readonly<Record<string, unknown>>;
type OutcomeName = keyof typeof OUTCOME;

const REFUSED: ReadonlySet<number> = new Set([400, 402, 409, 422]);
const QUESTION_REFUSED: ReadonlySet<number> = new Set([400, 404]);

/** Fills the ack record at `at`. */
export function writeAnswer(ack: DataView, at: number, asked: Asked, answer: HttpAnswer): void {
  const fields = fieldsOf(answer.body);
  const told = fields === undefined ? undefined : meaningOf(asked, answer.status, fields);
  if (fields !== undefined && told !== undefined) {
    writeBare(ack, at, asked.tag, told.outcome, told.code);
    const legs = asked.kind === OPERATION_KIND.balance ? fields.parts : fields.receipt;
    if (writeReceipt(ack, at, legs, fields.timestampUs, told.outcome === 'ok')) return;
  }
  writeBare(ack, at, asked.tag, 'unknown', 'answer_malformed');
}

/** An ack record that says what became of an attempt nobody answered. */
export function writeBare(
  ack: DataView,
  at: number,
  tag: number,
  outcome: OutcomeName,
  code: ResultName,
): void {
  for (let byte = 0; byte < ACK_BYTES; byte += 4) ack.setUint32(at + byte, 0, true);
  ack.setUint32(at + ACK.tag, tag, true);
  ack.setUint8(at + ACK.outcome, OUTCOME[outcome]);
  ack.setUint16(at + ACK.code, RESULTS[code].code, true);
}

interface Told {
  readonly outcome: OutcomeName;
  readonly code: ResultName;
}

/** Undefined where the contract does not say. */
function meaningOf(asked: Asked, status: number, fields: Fields): Told | undefined {
  const { kind } = asked;
  if (kind === OPERATION_KIND.balance && status === 200) return { outcome: 'ok', code: 'created' };
  const { id, code } = fields;
  if (id !== undefined && String(id).toLowerCase() !== asked.id) return undefined;
  if (!isResult(code)) return undefined;
  if (status === 503) return SHED_RESULTS.has(code) ? { outcome: 'declined', code } : undefined;
  if (kind === OPERATION_KIND.lookup || kind === OPERATION_KIND.balance) {
    if (QUESTION_REFUSED.has(status)) return { outcome: 'declined', code };
    if (kind === OPERATION_KIND.lookup && status === 422) return { outcome: 'unknown', code };
    return status === 200 && isOutcome(fields.outcome)
      ? { outcome: fields.outcome, code }
      : undefined;
  }
  if (status === 200 && fields.outcome === 'ok') return { outcome: 'ok', code };
  if (status === 504) return { outcome: 'unknown', code };
  const scope = resultScope(RESULTS[code].code);
  const isRefusal = REFUSED.has(status) && (scope === 'operation' || scope === 'attempt');
  return isRefusal ? { outcome: 'declined', code } : undefined;
}

/** False where a receipt is there and not whole, or must be there and is not. */
function writeReceipt(
  ack: DataView,
  at: number,
  legs: unknown,
  timestampUs: unknown,
  isNeeded: boolean,
): boolean {
  if (timestampUs !== undefined) {
    if (!isWhole(timestampUs) || timestampUs < 0) return false;
    writeUint64(ack, at + ACK.timestamp, timestampUs);
  }
  if (legs === undefined) return !isNeeded;
  if (!Array.isArray(legs) || legs.length > RECEIPT_LEGS) return false;
  for (const [index, leg] of legs.entries()) {
    const { account, balanceMinor, version } = recordOf(leg) ?? {};
    const number = typeof account === 'string' ? accountNamed(account) : undefined;
    if (number === undefined || !isWhole(balanceMinor) || !isWhole(version)) return false;
    if (version < 0 || version >= 2 ** 32) return false;
    writeUint64(ack, at + ACK.accounts + index * 8, number);
    writeInt64(ack, at + ACK.balances + index * 8, balanceMinor);
    ack.setUint32(at + ACK.versions + index * 4, version, true);
  }
  ack.setUint8(at + ACK.legs, legs.length);
  return true;
}

/** Undefined where the body is not a JSON object. */
function fieldsOf(body: Buffer): Fields | undefined {
  try {
    return recordOf(JSON.parse(body.toString('utf8')));
  } catch {
    return undefined; // cut or not JSON: the caller says what that means
  }
}

function recordOf(value: unknown): Fields | undefined {
  return isRecord(value) ? value : undefined;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isWhole(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isResult(code: unknown): code is ResultName {
  return typeof code === 'string' && Object.hasOwn(RESULTS, code);
}

function isOutcome(outcome: unknown): outcome is OutcomeName {
  return typeof outcome === 'string' && Object.hasOwn(OUTCOME, outcome);
}
