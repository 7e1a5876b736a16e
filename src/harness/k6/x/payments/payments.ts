/**
 * `payments` of `k6/x/pay`: a script says what it asks of a payment system, carries it out by whatever request it makes, and
 * says what came of it. Accounts are called by the names that the system has for them. Its types for scripts are in
 * scenarios/k6-x-pay.d.ts.
 *
 *     const op = payments.transfer({ from: 'alice', to: 'shop-7', amountMinor: 1250 });
 *     op.settle(http.post(url, JSON.stringify({ id: op.id, ... })));
 */
import { createHash } from 'node:crypto';
import { USUAL_ASSET } from '../../../../wire/accounts.js';
import { type OperationIdWords, parseOperationId } from '../../../../wire/operation-id.js';
import { type Channel, OPERATION_KIND } from '../../../../wire/operations.js';
import type { OperationRef, OperationRequest } from '../../../ports/pay.js';
import type { ToldLeg, ToldOperation, ToldOutcome } from '../../../ports/told.js';
import { neverReturns } from '../../../vu/interrupted-error.js';
import { isFunction, textTags } from '../../../vu/script-values.js';
import type { Vu } from '../../../vu/virtual-user.js';
import { amount, channelNumber, NUMBER_MAX, reference } from '../order.js';
import { BalanceOperation } from './balance-operation.js';
import { type OperationOwner, PaymentOperation, type Settling } from './payment-operation.js';
import { outcomeOf } from './settling.js';

/** What every operation takes besides its own. */
interface Common {
  /** As the target knows it: any text. Without one the operation gets a UUID of its own. */
  readonly id?: string;
  /** Default CNY. */
  readonly asset?: string;
  readonly channel?: Channel;
  readonly tags?: unknown;
}

type Order = Common & { readonly amountMinor: number };

interface EntryLeg {
  readonly account: string;
  /** Negative: it loses. */
  readonly amountMinor: number;
  readonly asset?: string;
}

type Parties = Pick<OperationRef, 'account' | 'counterparty' | 'amountMinor'>;

const OUTCOMES: readonly unknown[] = ['ok', 'declined', 'unknown', 'not sent'];
const HOLD_TIMEOUT_S = 600;

export class Payments implements OperationOwner {
  readonly #vu: Vu;
  #settling: Settling = outcomeOf;
  #lastCall: Promise<void> = Promise.resolve();

  constructor(vu: Vu) {
    this.#vu = vu;
  }

  get told() {
    return this.#vu.thread.host.told;
  }

  /** Where the target's HTTP API is, through the link that faults break. */
  get url(): string {
    return this.#url('payments.url', this.told.targetUrl);
  }

  /** The same as a telephone reaches it over that network: through the link `clients-<network>`. */
  urlOver(network: string): string {
    const { targetUrl, urlsOver } = this.told;
    const call = 'payments.urlOver';
    const url = this.#url(call, targetUrl && (urlsOver[network] ?? ''));
    if (url !== '') return url;
    const named = Object.keys(urlsOver);
    const there = named.length === 0 ? 'none' : named.join(', ');
    throw new TypeError(
      `${call}: options.ext.paydrill.networks names ${there}, not ${JSON.stringify(network)}`,
    );
  }

  #url(call: string, url: string | undefined): string {
    if (this.#vu.initialising)
      throw new Error(`${call} is there once the target runs, not in init code`);
    if (url !== undefined) return url;
    throw new Error(
      `${call}: this target has no HTTP API that is known; run with --target reference or http://host:port, or name it yourself`,
    );
  }

  get settling(): Settling {
    return this.#settling;
  }

  sleep(ms: number): Promise<void> {
    const vu = this.#vu;
    if (vu.interrupted) return neverReturns();
    const pause = (): Promise<void> => vu.timers.wait(ms);
    return vu.thread.takesTurns ? vu.background.block(pause) : pause();
  }

  /** What was asked before it is over by then, whatever came of it. */
  afterLoad(call: () => unknown): Promise<unknown> {
    const ended = this.#lastCall.then(() => this.#vu.runAfterLoad(call));
    const heard = (): void => undefined;
    this.#lastCall = ended.then(heard, heard);
    return ended;
  }

  /** From here on `settle` and `attempt` of this virtual user go by what `settling` makes of an answer. */
  settleBy(settling: unknown): void {
    if (!isFunction(settling))
      throw new TypeError('payments.settleBy: give a function from an answer to an outcome');
    this.#settling = (answer) => {
      const outcome = settling(answer);
      if (isOutcome(outcome)) return outcome;
      throw new TypeError(
        `payments.settleBy: its function must return one of ${OUTCOMES.join(', ')}, got ${String(outcome)}`,
      );
    };
  }

  transfer(order: Order & { readonly from: string; readonly to: string }): PaymentOperation {
    return this.#begin('transfer', order, { from: order.from, to: order.to });
  }

  /** The same as a transfer, counted as a payment. */
  pay(order: Order & { readonly from: string; readonly to: string }): PaymentOperation {
    return this.#begin('pay', order, { from: order.from, to: order.to });
  }

  topUp(order: Order & { readonly to: string }): PaymentOperation {
    return this.#begin('topUp', order, { from: order.to, to: undefined });
  }

  /** Money leaves the system: whose it is there is nobody's affair. */
  withdraw(order: Order & { readonly from: string }): PaymentOperation {
    return this.#begin('withdraw', order, { from: order.from, to: undefined });
  }

  hold(
    order: Order & { readonly from: string; readonly to: string; readonly timeoutS?: number },
  ): PaymentOperation {
    const { timeoutS = HOLD_TIMEOUT_S } = order;
    if (!(Number.isInteger(timeoutS) && timeoutS >= 1 && timeoutS <= NUMBER_MAX))
      throw new TypeError(
        `payments.hold: timeoutS must be a whole number of seconds from 1, got ${timeoutS}`,
      );
    return this.#begin('hold', order, { from: order.from, to: order.to }, timeoutS);
  }

  /** Of all that was held, or of `amountMinor`. */
  capture(order: Common & { readonly hold: OperationRef; readonly amountMinor?: number }) {
    const hold = reference('payments.capture', 'hold', order.hold);
    return this.#refer('capture', order, hold, order.amountMinor ?? hold.amountMinor);
  }

  void(order: Common & { readonly hold: OperationRef }) {
    const hold = reference('payments.void', 'hold', order.hold);
    return this.#refer('void', order, { ...hold, idWords: hold.idWords, counterparty: 0 }, 0);
  }

  /** Of the whole payment, or of `amountMinor`. */
  refund(order: Common & { readonly payment: OperationRef; readonly amountMinor?: number }) {
    const payment = reference('payments.refund', 'payment', order.payment);
    return this.#refer('refund', order, payment, order.amountMinor ?? payment.amountMinor);
  }

  /** A booking of any shape. What the books have under its id must be those legs, those of one account together. */
  entry(order: Common & { readonly legs: readonly EntryLeg[] }): PaymentOperation {
    const call = 'payments.entry';
    if (!Array.isArray(order.legs) || order.legs.length === 0)
      throw new TypeError(`${call}: legs is a list of at least one leg`);
    const legs = order.legs.map(({ account, amountMinor, asset = order.asset ?? USUAL_ASSET }) => {
      if (!Number.isSafeInteger(amountMinor) || amountMinor === 0)
        throw new TypeError(
          `${call}: amountMinor of a leg must be a whole number of minor units, not 0, got ${String(amountMinor)}`,
        );
      return { account: this.#account(call, account, asset), amountMinor };
    });
    const [first] = legs;
    const request = this.#request('entry', order, {
      account: first?.account ?? 0,
      counterparty: 0,
      amountMinor: legs.reduce((sum, leg) => sum + Math.max(leg.amountMinor, 0), 0),
    });
    return new PaymentOperation(this, this.#told(request, legs), request, order.id);
  }

  /** It asks, and moves nothing. What was read is told by `read`. */
  balance(order: Common & { readonly of: string }): BalanceOperation {
    const { asset = USUAL_ASSET } = order;
    const request = this.#request('balance', order, {
      account: this.#account('payments.balance', order.of, asset),
      counterparty: 0,
      amountMinor: 0,
    });
    return new BalanceOperation(this, this.#told(request), request, order.id);
  }

  #begin(
    kind: keyof typeof OPERATION_KIND,
    order: Order,
    parties: { readonly from: string; readonly to: string | undefined },
    timeoutS = 0,
  ): PaymentOperation {
    const { asset = USUAL_ASSET } = order;
    const call = `payments.${kind}`;
    const request = this.#request(kind, order, {
      account: this.#account(call, parties.from, asset),
      counterparty: parties.to === undefined ? 0 : this.#account(call, parties.to, asset),
      amountMinor: order.amountMinor,
      timeoutS,
    });
    return new PaymentOperation(this, this.#told(request), request, order.id);
  }

  #refer(
    kind: keyof typeof OPERATION_KIND,
    order: Common,
    to: OperationRef,
    amountMinor: number,
  ): PaymentOperation {
    const { account, counterparty } = to;
    const request = this.#request(kind, order, {
      account,
      counterparty,
      amountMinor,
      reference: to,
    });
    return new PaymentOperation(this, this.#told(request), request, order.id);
  }

  #request(
    kind: keyof typeof OPERATION_KIND,
    order: Common,
    what: Parties & { readonly timeoutS?: number; readonly reference?: OperationRef },
  ): OperationRequest {
    const call = `payments.${kind}`;
    return {
      kind: OPERATION_KIND[kind],
      account: what.account,
      counterparty: what.counterparty,
      amountMinor: amount(call, what.amountMinor),
      channel: this.#channel(call, order.channel),
      timeoutS: what.timeoutS ?? 0,
      reference: what.reference,
      idWords: idOf(call, order.id),
      tags: textTags(order.tags),
    };
  }

  /** Begins it. */
  #told(request: OperationRequest, legs?: readonly ToldLeg[]): ToldOperation {
    const vu = this.#vu;
    if (vu.initialising)
      throw new Error(
        'an operation cannot be made in init code: move it into an exported function',
      );
    return this.told.begin(request, vu, legs);
  }

  #channel(call: string, name: Channel | undefined): number {
    return name === undefined ? this.told.channel : channelNumber(call, name);
  }

  #account(call: string, name: unknown, asset: unknown): number {
    if (typeof name !== 'string' || name === '')
      throw new TypeError(`${call}: an account is a text, got ${String(name)}`);
    if (typeof asset !== 'string' || asset === '')
      throw new TypeError(`${call}: asset is a text, got ${String(asset)}`);
    return this.told.accountNumber(name, asset);
  }
}

function isOutcome(value: unknown): value is ToldOutcome {
  return OUTCOMES.includes(value);
}

/** A UUID is what it is; of any other text the journal has the MD5. */
function idOf(call: string, id: unknown): OperationIdWords | undefined {
  if (id === undefined) return undefined;
  if (typeof id !== 'string' || id === '')
    throw new TypeError(`${call}: id is a text, got ${String(id)}`);
  const words = parseOperationId(id);
  if (words !== undefined) return words;
  const digest = createHash('md5').update(id, 'utf8').digest();
  const word = (at: number): number => digest.readUInt32BE(at);
  return [word(0), word(4), word(8), word(12)];
}
