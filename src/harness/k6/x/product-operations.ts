/**
 * What `product(name)` of `k6/x/pay` gives: one method an operation of the product, made from its definition. The fields of an order are
 * who pays and who is paid, as the operation has them, and in `of` the earlier operation that it refers to.
 *
 *     const huabei = product('huabei');
 *     const payment = huabei.pay({ payer: 7, merchant: 3, amountMinor: 1250 });
 *     huabei.refund({ of: payment });
 *
 * Details are fields of an order too: `tickets.hold({ payer, merchant, from: 1, to: 3 })`.
 */
import { accountNamed } from '../../../products/account-names.js';
import type { ProductKind } from '../../../products/catalogue.js';
import { idDetails } from '../../../products/details.js';
import { CATALOGUE, productsNamed } from '../../../products/kinds.js';
import { onceId } from '../../../products/once-id.js';
import type { ProductAccount } from '../../../products/product.js';
import { accountParts } from '../../../wire/accounts.js';
import type { OperationIdWords } from '../../../wire/operation-id.js';
import { CHANNEL, OPERATION_KIND } from '../../../wire/operations.js';
import type { OperationRef, OperationRequest } from '../../ports/pay.js';
import { textTags } from '../../vu/script-values.js';
import type { Vu } from '../../vu/virtual-user.js';
import { amount, type EarlierOperation, merchant, operationId, reference, user } from './order.js';
import { ProductCodes } from './product-codes.js';
import { type DetailFields, detailsOfOrder } from './product-details.js';

interface Order extends DetailFields {
  readonly payer?: number;
  readonly payee?: number;
  readonly merchant?: number;
  readonly amountMinor?: number;
  readonly of?: EarlierOperation;
  /** Of a balance. */
  readonly account?: string;
  readonly user?: number;
  readonly id?: string;
  readonly tags?: unknown;
}

/** What operations need of the VU that asks for them. */
export interface OperationsHost {
  /** Sends it, and gives what the script gets. */
  submit(waiting: Vu | undefined, request: OperationRequest): unknown;
  /** An id that nobody has, with these details. */
  newId(details: number): OperationIdWords;
}

/** Of one product, for any VU. */
type OperationsClass = new (host: OperationsHost) => object;

/** An order becomes a request. */
type RequestOf = (order: Order, host: OperationsHost) => OperationRequest;

/** What an id may be made of. */
interface MadeOf {
  /** `detailWord` */
  readonly details: number;
  readonly earlier: OperationRef | undefined;
  readonly counterparty: number;
}

/** By name of the product: a VU has an object for each, what all of them share is made once. */
const CLASSES = new Map<string, OperationsClass>();

/** Throws a TypeError where there is no product of that name. */
export function productOperations(name: string, host: OperationsHost): object {
  const known = CLASSES.get(name) ?? classOf(name);
  CLASSES.set(name, known);
  return new known(host);
}

function classOf(name: string): OperationsClass {
  const product = knownProduct(name);
  const kinds = CATALOGUE.kinds.filter((kind) => kind.product === product);
  class Operations {
    readonly #host: OperationsHost;

    constructor(host: OperationsHost) {
      this.#host = host;
    }

    static define(method: string, get: (this: Operations) => unknown): void {
      Object.defineProperty(Operations.prototype, method, { enumerable: true, get });
    }

    /** To be had alone too: `const { pay } = product('huabei')`. Made when first asked for: it is asked for at every call. */
    static submits(method: string, requestOf: RequestOf): void {
      Operations.define(method, function get() {
        const host = this.#host;
        const submit = (order: Order, waiting?: Vu) => host.submit(waiting, requestOf(order, host));
        Object.defineProperty(this, method, { enumerable: true, value: submit });
        return submit;
      });
    }
  }
  for (const kind of kinds) Operations.submits(kind.name.slice(name.length + 1), requests(kind));
  Operations.submits('balance', readsOf(name));
  const codes = new ProductCodes(name, kinds);
  for (const method of codes.methods) Operations.define(method, () => codes[method]);
  return Operations;
}

/** `balance({ account: 'available', user: 7 })`: of an account of the product; of a merchant's with `merchant`. */
function readsOf(name: string): RequestOf {
  return ({ account = '', user: number, merchant: shop, id, tags }) => {
    const holder = shop === undefined ? 'user' : 'merchant';
    const found = accountNamed(`${name}.${account}:${shop ?? number ?? 0}`);
    if (found === undefined || holderOf(found) !== holder)
      throw new TypeError(
        `${name}.balance: no ${holder} ${shop ?? number ?? 0} has an account ${account} of ${name}`,
      );
    return {
      kind: OPERATION_KIND.balance,
      account: found,
      counterparty: 0,
      amountMinor: 0,
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: undefined,
      idWords: operationId(`${name}.balance`, id),
      tags: textTags(tags),
    };
  };
}

function holderOf(account: number): ProductAccount['of'] | undefined {
  return CATALOGUE.classes.get(accountParts(account).accountClass)?.account.of;
}

function knownProduct(name: string) {
  try {
    return productsNamed([name])[0];
  } catch (error) {
    throw new TypeError(`product: ${error instanceof Error ? error.message : error}`);
  }
}

/** Orders of one kind become requests. What the operation refers to says who its parties are, unless the order does. */
function requests(kind: ProductKind): RequestOf {
  const { amountIs, isDetailed, name, operation, row } = kind;
  const homeField = row.home === 'payer' ? 'payer' : 'payee';
  const otherField = row.home === 'payer' ? 'payee' : 'payer';
  const refers = row.refersTo.length > 0;
  const isMerchant = row.counterparty === 'merchant';
  const isOnce = operation.oncePer !== undefined;
  return (order, host) => {
    const earlier = refers ? reference(name, 'of', order.of) : undefined;
    const home = order[homeField];
    const other = isMerchant ? order.merchant : order[otherField];
    const counterparty = counterpartyOf(other, earlier);
    const given = operationId(name, order.id);
    const details = isDetailed
      ? detailsOfOrder(kind, order, { own: given, earlier: earlier?.idWords })
      : 0;
    const wanted = order.amountMinor ?? amountIs?.of(0, details) ?? earlier?.amountMinor ?? 0;
    return {
      kind: row.number,
      account:
        home === undefined && earlier !== undefined
          ? earlier.account
          : user(name, homeField, home ?? 0),
      counterparty,
      amountMinor: amount(name, wanted),
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: earlier,
      idWords: given ?? newId(host, { details, earlier, counterparty }),
      tags: textTags(order.tags),
    };
  };

  /** Undefined: the driver makes any. */
  function newId(host: OperationsHost, made: MadeOf): OperationIdWords | undefined {
    if (isOnce && made.earlier !== undefined)
      return onceId(made.earlier.idWords, made.counterparty);
    return kind.details.length > 0 ? host.newId(idDetails(made.details)) : undefined;
  }

  function counterpartyOf(other: number | undefined, earlier: OperationRef | undefined): number {
    if (row.counterparty === undefined) return 0;
    if (other === undefined && earlier !== undefined) return earlier.counterparty;
    return isMerchant ? merchant(name, other ?? 0) : user(name, otherField, other ?? 0);
  }
}
