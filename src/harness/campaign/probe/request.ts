/** What is sent again and again: one request, with a fresh id wherever its body or path has the mark. */

import { formatOperationId, makeOperationId } from '../../../wire/operation-id.js';
import { unixMsNow } from '../../entropy/clock.js';
import type { Random } from '../../entropy/random.js';

/** Becomes a UUID of version 7, another one in each request: what an idempotent API wants of its clients. */
const ID_MARK = '{{id}}';

export interface ProbedRequest {
  /** `http://` only. */
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined: none. */
  readonly body: string | undefined;
}

export interface Figures {
  /** Answers a second. */
  readonly ratePerSec: number;
  readonly answers: number;
  /** Answers whose status was not 2xx. */
  readonly not2xx: number;
  /** No answer: refused, broken, or not in time. */
  readonly errors: number;
  readonly p50Us: number | null;
  readonly p90Us: number | null;
  readonly p99Us: number | null;
  readonly maxUs: number | null;
}

/** Path and query; a mark in it is one however a URL writes it. */
export function pathOf(url: URL): string {
  return `${url.pathname}${url.search}`.replaceAll(encodeURIComponent(ID_MARK), ID_MARK);
}

/** The text with a fresh id in the place of each mark; the same text where there is none. */
export function withFreshIds(text: string, random: Random): string {
  return text.includes(ID_MARK) ? text.replaceAll(ID_MARK, () => freshId(random)) : text;
}

function freshId(random: Random): string {
  return formatOperationId(
    makeOperationId({
      unixMs: unixMsNow(),
      free12: random.nextUint32(),
      free30: random.nextUint32(),
      free32: random.nextUint32(),
    }),
  );
}
