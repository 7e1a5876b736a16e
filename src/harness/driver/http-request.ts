/**
 * An operation record becomes one request of the gateway's HTTP API (its /openapi.json):
 *
 *   pay, transfer, topUp, refund, hold, capture, void   POST /v1/operations
 *   lookup                                              GET  /v1/operations/<id>?account=<user>
 *   balance                                             GET  /v1/accounts/<account>
 *
 * Names are the API's: who pays and who is paid; the record's `account` is the user whose shard is home. All that is
 * written is ASCII, so a text is as long as its bytes. Pure.
 */
import { accountName } from '../../products/account-names.js';
import { operationKind } from '../../products/kinds.js';
import { formatOperationId, type OperationIdWords } from '../../wire/operation-id.js';
import { CHANNEL, OP, OPERATION_FLAG, OPERATION_KIND } from '../../wire/operations.js';

/** What is asked, and what its answer is checked against. */
export interface HttpRequest {
  readonly tag: number;
  /** OPERATION_KIND. */
  readonly kind: number;
  readonly id: string;
  /** Head and body. */
  readonly text: string;
  /** When it was written, microseconds on the drill clock. */
  sentUs: number;
}

const TWO_32 = 4294967296;
const CHANNEL_NAMES = namesOf(CHANNEL);
const KIND = OPERATION_KIND;

/** The record at word `at` of `words`, for `host` (`host:port`). */
export function httpRequest(words: Uint32Array, at: number, host: string): HttpRequest {
  const kind = words[at + OP.kind / 4] & 0xff;
  const id = idAt(words, at);
  const text = requestText(words, at, { kind, id, host });
  return { tag: words[at + OP.tag / 4], kind, id, text, sentUs: 0 };
}

function requestText(
  words: Uint32Array,
  at: number,
  { kind, id, host }: { readonly kind: number; readonly id: string; readonly host: string },
): string {
  const account = accountName(uint64(words, at + OP.account / 4));
  if (kind === KIND.lookup) return get(`/v1/operations/${id}?account=${account}`, host);
  if (kind === KIND.balance) return get(`/v1/accounts/${account}`, host);
  const body = bodyText(words, at, { kind, id, account });
  return (
    `POST /v1/operations HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`
  );
}

function get(path: string, host: string): string {
  return `GET ${path} HTTP/1.1\r\nhost: ${host}\r\n\r\n`;
}

/** Every text in it is made here and needs no escaping. */
function bodyText(
  words: Uint32Array,
  at: number,
  { kind, id, account }: { readonly kind: number; readonly id: string; readonly account: string },
): string {
  const known = operationKind(kind);
  if (known === undefined) throw new Error(`no kind of operation has the number ${kind}`);
  const { name, row } = known;
  const head = words[at + OP.kind / 4];
  let body = `{"id":"${id}","kind":"${name}","${row.home}":"${account}"`;
  if (row.counterparty !== undefined) {
    const other = row.home === 'payer' ? 'payee' : 'payer';
    body += `,"${other}":"${accountName(uint64(words, at + OP.counterparty / 4))}"`;
  }
  if (row.direction !== undefined) body += `,"amountMinor":${uint64(words, at + OP.amount / 4)}`;
  body += `,"channel":"${CHANNEL_NAMES[(head >>> 8) & 0xff]}"`;
  if (row.refersTo.length > 0) body += `,"reference":"${idAt(words, at + OP.reference / 4)}"`;
  if (row.hasTimeout) body += `,"timeoutS":${words[at + OP.timeoutS / 4]}`;
  if (((head >>> 16) & OPERATION_FLAG.retry) !== 0) body += ',"retry":true';
  return `${body}}`;
}

function idAt(words: Uint32Array, at: number): string {
  const id: OperationIdWords = [words[at], words[at + 1], words[at + 2], words[at + 3]];
  return formatOperationId(id);
}

function uint64(words: Uint32Array, at: number): number {
  return words[at + 1] * TWO_32 + words[at];
}

/** Name by number. */
function namesOf(table: Readonly<Record<string, number>>): readonly string[] {
  const names: string[] = [];
  for (const [name, code] of Object.entries(table)) names[code] = name;
  return names;
}
