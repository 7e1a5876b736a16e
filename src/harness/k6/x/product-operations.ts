/**
 * What `product(name)` of `k6/x/pay` gives: one method an operation of the product, made from its definition. The fields of an order are
 * who pays and who is paid, as the operation has them, and in `of` the earlier operation that it refers to.
 *
 *     const huabei = product('huabei');
 *     const payment = huabei.pay({ payer: 7, merchant: 3, amountMinor: 1250 });
 *     huabei.refund({ of: payment });
 */
import { accountNamed } from '../../../products/account-names.js';
import type { ProductKind } from '../../../products/catalogue.js';
import { codeAt } from '../../../products/code.js';
import { CATALOGUE, productsNamed } from '../../../products/kinds.js';
import { onceId } from '../../../products/once-id.js';
import type { ProductCode } from '../../../products/product.js';
import { formatOperationId } from '../../../wire/operation-id.js';
import { CHANNEL, OPERATION_KIND } from '../../../wire/operations.js';
import { unixMsNow } from '../../entropy/clock.js';
import type { OperationRef, OperationRequest } from '../../ports/pay.js';
import { textTags } from '../../vu/script-values.js';
import type { Vu } from '../../vu/virtual-user.js';
import { amount, type EarlierOperation, merchant, operationId, reference, user } from './order.js';

interface Order {
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

/** Sends it, and gives what the script gets. */
type Submit = (waiting: Vu | undefined, request: OperationRequest) => unknown;

/** Of one product, for any VU. */
type OperationsClass = new (submit: Submit) => object;

/** By name of the product: a VU has an object for each, what all of them share is made once. */
const CLASSES = new Map<string, OperationsClass>();

/** Throws a TypeError where there is no product of that name. */
export function productOperations(name: string, submit: Submit): object {
  const known = CLASSES.get(name) ?? classOf(name);
  CLASSES.set(name, known);
  return new known(submit);
}

function classOf(name: string): OperationsClass {
  const product = knownProduct(name);
  const kinds = CATALOGUE.kinds.filter((kind) => kind.product === product);
  class Operations {
    readonly #submit: Submit;

    constructor(submit: Submit) {
      this.#submit = submit;
    }

    static define(method: string, get: (this: Operations) => unknown): void {
      Object.defineProperty(Operations.prototype, method, { enumerable: true, get });
    }

    /** To be had alone too: `const { pay } = product('huabei')`. */
    static submits(method: string, requestOf: (order: Order) => OperationRequest): void {
      Operations.define(method, function get() {
        const submit = this.#submit;
        return (order: Order, waiting?: Vu) => submit(waiting, requestOf(order));
      });
    }
  }
  for (const kind of kinds) Operations.submits(kind.name.slice(name.length + 1), requests(kind));
  Operations.submits('balance', readsOf(name));
  const code = kinds.find(({ operation }) => operation.code !== undefined)?.operation.code;
  if (code !== undefined)
    Operations.define('code', () => (order: CodeOrder) => codeText(name, code, order));
  return Operations;
}

interface CodeOrder {
  readonly user: number;
  /** By how many seconds the telephone's clock is ahead; negative: behind. */
  readonly skewS?: number;
}

/** `code({ user: 7 })`: what the telephone of that user shows now; it goes as `id` into the operation that is paid by it. */
function codeText(name: string, code: ProductCode, order: CodeOrder): string {
  const { skewS = 0 } = order;
  if (!Number.isFinite(skewS))
    throw new TypeError(`${name}.code: skewS must be a number of seconds, got ${skewS}`);
  const account = user(`${name}.code`, 'user', order.user);
  return formatOperationId(codeAt(code, account, unixMsNow() + skewS * 1000));
}

/** `balance({ account: 'available', user: 7 })`: of an account of the product. */
function readsOf(name: string): (order: Order) => OperationRequest {
  return ({ account = '', user: number = 0, id, tags }) => {
    const found = accountNamed(`${name}.${account}:${number}`);
    if (found === undefined)
      throw new TypeError(
        `${name}.balance: no user ${number} has an account ${account} of ${name}`,
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

function knownProduct(name: string) {
  try {
    return productsNamed([name])[0];
  } catch (error) {
    throw new TypeError(`product: ${error instanceof Error ? error.message : error}`);
  }
}

/** Orders of one kind become requests. What the operation refers to says who its parties are, unless the order does. */
function requests({ name, operation, row }: ProductKind): (order: Order) => OperationRequest {
  const homeField = row.home === 'payer' ? 'payer' : 'payee';
  const otherField = row.home === 'payer' ? 'payee' : 'payer';
  const refers = row.refersTo.length > 0;
  const isMerchant = row.counterparty === 'merchant';
  const isOnce = operation.oncePer !== undefined;
  return (order) => {
    const earlier = refers ? reference(name, 'of', order.of) : undefined;
    const home = order[homeField];
    const other = isMerchant ? order.merchant : order[otherField];
    const counterparty = counterpartyOf(other, earlier);
    return {
      kind: row.number,
      account:
        home === undefined && earlier !== undefined
          ? earlier.account
          : user(name, homeField, home ?? 0),
      counterparty,
      amountMinor: amount(name, order.amountMinor ?? earlier?.amountMinor ?? 0),
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: earlier,
      idWords:
        isOnce && earlier !== undefined && order.id === undefined
          ? onceId(earlier.idWords, counterparty)
          : operationId(name, order.id),
      tags: textTags(order.tags),
    };
  };

  function counterpartyOf(other: number | undefined, earlier: OperationRef | undefined): number {
    if (row.counterparty === undefined) return 0;
    if (other === undefined && earlier !== undefined) return earlier.counterparty;
    return isMerchant ? merchant(name, other ?? 0) : user(name, otherField, other ?? 0);
  }
}
