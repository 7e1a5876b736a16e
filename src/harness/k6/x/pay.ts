/**
 * The module `k6/x/pay`: paydrill's own, named by k6's convention for extensions. One call is one operation with
 * one id; retrying it is the driver's work. A script that names the id sends one more than once, or under it another body. Its types for scripts are in scenarios/k6-x-pay.d.ts.
 *
 * It refuses what cannot be written as an operation record (an amount that is negative or no whole number, an
 * account that is no number); whether an account exists or an amount is allowed is for the target to say.
 */
import {
  formatOperationId,
  makeOperationId,
  type OperationIdWords,
} from '../../../wire/operation-id.js';
import { CHANNEL, type Channel, OPERATION_KIND } from '../../../wire/operations.js';
import type { OperationRequest, OperationResult, Waiter } from '../../ports/pay.js';
import { neverReturns } from '../../vu/interrupted-error.js';
import { PENDING } from '../../vu/routine.js';
import { textTags } from '../../vu/script-values.js';
import type { Vu } from '../../vu/virtual-user.js';
import type { ModuleApi } from '../module-api.js';
import { Festival, type FestivalParameters } from './festival.js';
import { knownShape } from './festival-shapes.js';
import {
  amount,
  channelNumber,
  type EarlierOperation,
  merchant,
  NUMBER_MAX,
  operationId,
  reference,
  user,
} from './order.js';
import { Payments } from './payments/payments.js';
import { productOperations } from './product-operations.js';

export const payApi: ModuleApi = {
  exports: {
    pay: 'promise',
    transfer: 'promise',
    topUp: 'promise',
    refund: 'promise',
    hold: 'promise',
    capture: 'promise',
    void: 'promise',
    voidHold: 'promise',
    balance: 'promise',
    operationId: 'plain',
    festival: 'plain',
    payments: 'plain',
    product: 'operations',
  },
  // Of an operation of `payments`.
  methods: { attempt: 'blocking' },
  create: (vu) => new PayModule(vu),
};

type Answer = Promise<OperationResult> | OperationResult | typeof PENDING;

/** The VU, where it is a routine that waits: see CallKind. */
type Waiting = Vu | undefined;

/** What every operation takes besides its own. */
interface Common {
  /** The id to send it under; without one the driver makes one. */
  readonly id?: string;
  /** For sub-metrics: `pay_response_time{kind:vip}`. */
  readonly tags?: unknown;
}

const HOLD_TIMEOUT_S = 600;

class PayModule {
  readonly #vu: Vu;
  #payments: Payments | undefined = undefined;

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  /** For operations that the script carries out itself. */
  get payments(): Payments {
    this.#payments ??= new Payments(this.#vu);
    return this.#payments;
  }

  get default(): PayModule {
    return this;
  }

  pay(
    order: {
      readonly payer: number;
      readonly merchant: number;
      readonly amountMinor: number;
      readonly channel?: Channel;
    } & Common,
    waiting?: Waiting,
  ): Answer {
    return this.#submit(waiting, {
      kind: OPERATION_KIND.pay,
      account: user('pay', 'payer', order.payer),
      counterparty: merchant('pay', order.merchant),
      amountMinor: amount('pay', order.amountMinor),
      channel: channelNumber('pay', order.channel),
      timeoutS: 0,
      reference: undefined,
      idWords: operationId('pay', order.id),
      tags: textTags(order.tags),
    });
  }

  transfer(
    order: {
      readonly payer: number;
      readonly payee: number;
      readonly amountMinor: number;
    } & Common,
    waiting?: Waiting,
  ): Answer {
    return this.#submit(waiting, {
      kind: OPERATION_KIND.transfer,
      account: user('transfer', 'payer', order.payer),
      counterparty: user('transfer', 'payee', order.payee),
      amountMinor: amount('transfer', order.amountMinor),
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: undefined,
      idWords: operationId('transfer', order.id),
      tags: textTags(order.tags),
    });
  }

  topUp(
    order: { readonly user: number; readonly amountMinor: number } & Common,
    waiting?: Waiting,
  ): Answer {
    return this.#submit(waiting, {
      kind: OPERATION_KIND.topUp,
      account: user('topUp', 'user', order.user),
      counterparty: 0,
      amountMinor: amount('topUp', order.amountMinor),
      channel: CHANNEL.bankCard,
      timeoutS: 0,
      reference: undefined,
      idWords: operationId('topUp', order.id),
      tags: textTags(order.tags),
    });
  }

  /** Of `amountMinor`, or of the whole payment; to its payer, unless another is named. */
  refund(
    order: {
      readonly payment: EarlierOperation;
      readonly amountMinor?: number;
      readonly payer?: number;
    } & Common,
    waiting?: Waiting,
  ): Answer {
    const payment = reference('refund', 'payment', order.payment);
    return this.#submit(waiting, {
      kind: OPERATION_KIND.refund,
      account: order.payer === undefined ? payment.account : user('refund', 'payer', order.payer),
      counterparty: payment.counterparty,
      amountMinor: amount('refund', order.amountMinor ?? payment.amountMinor),
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: payment,
      idWords: operationId('refund', order.id),
      tags: textTags(order.tags),
    });
  }

  /** Sets money aside for a merchant until it is captured, voided, or `timeoutS` is over. */
  hold(
    order: {
      readonly payer: number;
      readonly merchant: number;
      readonly amountMinor: number;
      readonly timeoutS?: number;
      readonly channel?: Channel;
    } & Common,
    waiting?: Waiting,
  ): Answer {
    const { timeoutS = HOLD_TIMEOUT_S } = order;
    if (!(Number.isInteger(timeoutS) && timeoutS >= 1 && timeoutS <= NUMBER_MAX))
      throw new TypeError(
        `hold: timeoutS must be a whole number of seconds from 1, got ${timeoutS}`,
      );
    return this.#submit(waiting, {
      kind: OPERATION_KIND.hold,
      account: user('hold', 'payer', order.payer),
      counterparty: merchant('hold', order.merchant),
      amountMinor: amount('hold', order.amountMinor),
      channel: channelNumber('hold', order.channel),
      timeoutS,
      reference: undefined,
      idWords: operationId('hold', order.id),
      tags: textTags(order.tags),
    });
  }

  /** Takes `amountMinor` of what was held, or all of it; the rest is set free. For its merchant, unless another is named. */
  capture(
    order: {
      readonly hold: EarlierOperation;
      readonly amountMinor?: number;
      readonly merchant?: number;
    } & Common,
    waiting?: Waiting,
  ): Answer {
    const hold = reference('capture', 'hold', order.hold);
    return this.#submit(waiting, {
      kind: OPERATION_KIND.capture,
      account: hold.account,
      counterparty:
        order.merchant === undefined ? hold.counterparty : merchant('capture', order.merchant),
      amountMinor: amount('capture', order.amountMinor ?? hold.amountMinor),
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: hold,
      idWords: operationId('capture', order.id),
      tags: textTags(order.tags),
    });
  }

  /** Sets what was held free. In the name of its payer, unless another is named. */
  void(
    order: { readonly hold: EarlierOperation; readonly payer?: number } & Common,
    waiting?: Waiting,
  ): Answer {
    const hold = reference('void', 'hold', order.hold);
    return this.#submit(waiting, {
      kind: OPERATION_KIND.void,
      account: order.payer === undefined ? hold.account : user('void', 'payer', order.payer),
      counterparty: 0,
      amountMinor: 0,
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: hold,
      idWords: operationId('void', order.id),
      tags: textTags(order.tags),
    });
  }

  voidHold(
    order: { readonly hold: EarlierOperation; readonly payer?: number } & Common,
    waiting?: Waiting,
  ): Answer {
    return this.void(order, waiting);
  }

  balance(order: { readonly user: number } & Common, waiting?: Waiting): Answer {
    return this.#submit(waiting, {
      kind: OPERATION_KIND.balance,
      account: user('balance', 'user', order.user),
      counterparty: 0,
      amountMinor: 0,
      channel: CHANNEL.balance,
      timeoutS: 0,
      reference: undefined,
      idWords: operationId('balance', order.id),
      tags: textTags(order.tags),
    });
  }

  /** An id that nobody has: for scripts that send one more than once. */
  operationId(): string {
    return formatOperationId(this.#newId(this.#vu.random.nextUint32()));
  }

  /** The operations of a product: `product('huabei').pay({ payer, merchant, amountMinor })`. Throws where there is no such product. */
  product(name: string): object {
    return productOperations(name, {
      submit: (waiting, request) => this.#submit(waiting, request),
      newId: (details) => this.#newId(details),
    });
  }

  /** Draws for this VU; the shape is worked out once a thread. */
  festival(parameters: FestivalParameters): Festival {
    return new Festival(knownShape(this.#vu.thread.shared, parameters), this.#vu.random);
  }

  #newId(free12: number): OperationIdWords {
    const { random, thread } = this.#vu;
    const { clock, startedUnixMs } = thread.host;
    return makeOperationId({
      unixMs: startedUnixMs + Math.floor(clock.nowUs() / 1000),
      free12,
      free30: random.nextUint32(),
      free32: random.nextUint32(),
    });
  }

  #submit(waiting: Waiting, request: OperationRequest): Answer {
    const vu = this.#vu;
    if (vu.interrupted) return waiting === undefined ? neverReturns() : PENDING;
    if (vu.initialising)
      throw new Error(
        'an operation cannot be made in init code: move it into an exported function',
      );
    const waiter = waiting ?? new PromisedResult();
    const { pay } = vu.thread.host;
    const result = pay.submit(request, vu, waiter);
    if (!(waiter instanceof PromisedResult)) return result ?? PENDING;
    if (result !== undefined) waiter.resume(result);
    return waiter.promise;
  }
}

/** For scripts that handle the promise themselves. */
class PromisedResult implements Waiter {
  readonly promise: Promise<OperationResult>;
  #resolve: (result: OperationResult) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  resume(result: OperationResult): void {
    this.#resolve(result);
  }
}
