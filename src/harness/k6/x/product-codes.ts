/**
 * Codes and signed tokens of a product, as scripts have them: what a telephone makes, and what a gate without a network can tell of it.
 *
 *     const transit = product('transit');
 *     const token = transit.token({ of: 'enter', user: 7, station: 3 });
 *     const seen = transit.readToken(token, { of: 'enter' });
 *     if (seen.problem === undefined) transit.enter({ payer: seen.user, id: seen.id });
 */
import type { ProductKind } from '../../../products/catalogue.js';
import { codeAt } from '../../../products/code.js';
import { detailOf, idDetails } from '../../../products/details.js';
import {
  publicKeyOf,
  readToken,
  type Seen,
  signedToken,
  type TokenProblem,
  tokenKey,
} from '../../../products/token.js';
import {
  formatOperationId,
  type OperationIdWords,
  operationIdUnixMs,
} from '../../../wire/operation-id.js';
import { unixMsNow } from '../../entropy/clock.js';
import { user } from './order.js';
import { type DetailFields, detailsOfOrder } from './product-details.js';

export interface CodeOrder extends DetailFields {
  readonly user: number;
  /** The operation that it is for; may be left out where one alone has codes. */
  readonly of?: string;
  /** By how many seconds the clock is ahead; negative: behind. */
  readonly skewS?: number;
}

export interface GateOrder {
  readonly of?: string;
  readonly skewS?: number;
}

export type TokenSeen =
  | {
      readonly problem?: undefined;
      readonly id: string;
      readonly user: number;
      readonly details: Readonly<Record<string, number>>;
      /** Unix ms: the beginning of its step. */
      readonly madeMs: number;
    }
  | { readonly problem: TokenProblem };

interface Signing extends Seen {
  readonly key: ReturnType<typeof tokenKey>;
}

/** A year: ids have no room for any time. */
const SKEW_MAX_S = 366 * 86_400;

export class ProductCodes {
  readonly #product: string;
  readonly #kinds: readonly ProductKind[];
  /** By operation, made when it is first asked for. */
  readonly #signing = new Map<string, Signing>();

  constructor(product: string, kinds: readonly ProductKind[]) {
    this.#product = product;
    this.#kinds = kinds.filter(({ operation }) => operation.code !== undefined);
  }

  /** What scripts may ask of the product. */
  get methods(): readonly ('code' | 'token' | 'readToken')[] {
    if (this.#kinds.length === 0) return [];
    const isSigned = this.#kinds.some(({ operation }) => operation.code?.shownS !== undefined);
    return isSigned ? ['code', 'token', 'readToken'] : ['code'];
  }

  /** What the telephone of that user shows now; it goes as `id` into the operation that it is for. */
  readonly code = (order: CodeOrder): string => {
    const kind = this.#named('code', order.of);
    return formatOperationId(this.#idOf('code', kind, order));
  };

  /** The same, as a gate without a network can check it. */
  readonly token = (order: CodeOrder): string => {
    const kind = this.#named('token', order.of);
    const id = this.#idOf('token', kind, order);
    const { key } = this.#signingOf('token', kind);
    return signedToken({ kind: kind.row.number, user: order.user, id }, key);
  };

  /** What a gate for `of` makes of it, by its own clock and the public key. */
  readonly readToken = (text: string, order: GateOrder = {}): TokenSeen => {
    if (typeof text !== 'string')
      throw new TypeError(`${this.#product}.readToken: a token is a text, got ${typeof text}`);
    const kind = this.#named('readToken', order.of);
    const signing = this.#signingOf('readToken', kind);
    const nowMs = this.#now('readToken', order.skewS);
    const seen = readToken(
      text,
      (number) => (number === kind.row.number ? signing : undefined),
      nowMs,
    );
    if (typeof seen === 'string') return { problem: seen };
    const { id, user: who } = seen;
    const own = idDetails(id[1]);
    const details = kind.details.map((one): [string, number] => [one.name, detailOf(one, own)]);
    return {
      id: formatOperationId(id),
      user: who,
      details: Object.fromEntries(details),
      madeMs: operationIdUnixMs(id[0], id[1]),
    };
  };

  #named(call: string, of: string | undefined): ProductKind {
    const name = (kind: ProductKind): string => kind.name.slice(this.#product.length + 1);
    const kind =
      of === undefined && this.#kinds.length === 1
        ? this.#kinds[0]
        : this.#kinds.find((one) => name(one) === of);
    if (kind !== undefined) return kind;
    throw new TypeError(
      `${this.#product}.${call}: of must be one of ${this.#kinds.map(name).join(', ')}, got ${of}`,
    );
  }

  #idOf(call: string, kind: ProductKind, order: CodeOrder): OperationIdWords {
    const { code } = kind.operation;
    if (code === undefined) throw new TypeError(`${kind.name} has no codes`);
    const account = user(`${this.#product}.${call}`, 'user', order.user);
    const unixMs = this.#now(call, order.skewS);
    const word = detailsOfOrder(kind, order, { own: undefined, earlier: undefined });
    const details = kind.details.length > 0 ? idDetails(word) : undefined;
    return codeAt(code, { user: account, unixMs, details });
  }

  #now(call: string, skewS = 0): number {
    if (Number.isFinite(skewS) && Math.abs(skewS) <= SKEW_MAX_S) return unixMsNow() + skewS * 1000;
    throw new TypeError(
      `${this.#product}.${call}: skewS must be a number of seconds to ${SKEW_MAX_S}, got ${skewS}`,
    );
  }

  #signingOf(call: string, kind: ProductKind): Signing {
    const known = this.#signing.get(kind.name);
    if (known !== undefined) return known;
    const { code } = kind.operation;
    if (code?.shownS === undefined)
      throw new TypeError(`${this.#product}.${call}: codes of ${kind.name} are not signed`);
    const key = tokenKey(code.secret);
    const signing = { key, publicKey: publicKeyOf(key), shownMs: code.shownS * 1000 };
    this.#signing.set(kind.name, signing);
    return signing;
  }
}
