/**
 * The JSON a shard understands (src/wire/admin.ts), checked at this edge: what comes out is a ShardRequest that may be
 * trusted. Anything else is an AdminError, one line for whoever asked.
 */
import type { OpenRange, ShardRequest } from '../../wire/admin.js';

export class AdminError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AdminError';
  }
}

/** Ranges in one request. */
const RANGES_MAX = 1024;
const COUNT_MAX = 2 ** 24;

/** Throws AdminError. */
export function parseShardRequest(json: string): ShardRequest {
  const request = parseObject(json);
  const op = request.op;
  switch (op) {
    case 'ping':
    case 'stats':
      return { op };
    case 'entries':
      return { op, fromLsn: integer(request, 'fromLsn', 0, Number.MAX_SAFE_INTEGER) };
    case 'accounts':
      return { op, from: integer(request, 'from', 0, Number.MAX_SAFE_INTEGER) };
    case 'open_branches':
      return {
        op,
        olderThanMs: integer(request, 'olderThanMs', 0, Number.MAX_SAFE_INTEGER),
        limit: integer(request, 'limit', 1, 65_536),
      };
    case 'open':
      return { op, ranges: parseRanges(request.ranges) };
    default:
      throw new AdminError(`op ${JSON.stringify(op)?.slice(0, 80)} is unknown to a shard`);
  }
}

function parseObject(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new AdminError(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return record(value, 'the request');
}

function record(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new AdminError(`${what} is not an object`);
  }
  return Object.fromEntries(Object.entries(value));
}

function integer(from: Record<string, unknown>, field: string, min: number, max: number): number {
  const value = from[field];
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) {
    return value;
  }
  throw new AdminError(`${field} must be an integer from ${min} to ${max}`);
}

function parseRanges(value: unknown): OpenRange[] {
  if (!Array.isArray(value) || value.length > RANGES_MAX) {
    throw new AdminError(`ranges must be an array of at most ${RANGES_MAX}`);
  }
  return value.map((item: unknown) => {
    const range = record(item, 'a range');
    if (typeof range.mustNotOverdraw !== 'boolean') {
      throw new AdminError('mustNotOverdraw must be true or false');
    }
    const firstAccount = integer(range, 'firstAccount', 1, 2 ** 52);
    const count = integer(range, 'count', 1, COUNT_MAX);
    const stride = integer(range, 'stride', 1, 2 ** 32);
    if (!Number.isSafeInteger(firstAccount + count * stride)) {
      throw new AdminError('the last account of a range passes 2^53 - 1');
    }
    const openingMinor = integer(range, 'openingMinor', 0, 2 ** 48);
    const { mustNotOverdraw, mustNotPassOpening } = range;
    const bounds = {
      mustNotOverdraw,
      ...(mustNotPassOpening === true ? { mustNotPassOpening } : {}),
    };
    return { firstAccount, count, stride, openingMinor, ...bounds };
  });
}
