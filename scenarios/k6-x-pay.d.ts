/**
 * Types of `k6/x/pay`, paydrill's own module, named by k6's convention for extensions.
 *
 * Every operation can be used in two styles. In k6's, a call waits and gives the result:
 *     const payment = pay({ payer: 1, merchant: 2, amountMinor: 9900 });
 *     if (payment.outcome === 'ok') refund({ payment });
 * Inside an `async` function a call gives a promise, to be awaited when you like:
 *     const [a, b] = await Promise.all([pay(first), pay(second)]);
 */
declare module 'k6/x/pay' {
  /** How the payer pays. It changes no posting; it is carried into the books. */
  export type Channel = 'balance' | 'huabei' | 'yuebao' | 'bankCard' | 'other';

  export interface ReceiptLeg {
    /** `user:7`, `merchant:3@1`, `fee@0` ... */
    readonly account: string;
    /** The account's version after the posting: 1, 2, 3 ... */
    readonly version: number;
    /** Posted balance after, in minor units. */
    readonly balanceMinor: number;
  }

  export interface Receipt {
    /** Ledger time in microseconds since the Unix epoch. */
    readonly timestampUs: number;
    readonly legs: readonly ReceiptLeg[];
  }

  export interface OperationResult {
    /** `unknown`: it may have happened; nobody could say within the deadline and its retries. */
    readonly outcome: 'ok' | 'declined' | 'unknown';
    /** By name: `created`, or why not, e.g. `exceeds_credits`. */
    readonly code: string;
    readonly id: string;
    /** As asked, in minor units. */
    readonly amountMinor: number;
    /** Undefined unless the outcome is `ok`. */
    readonly receipt: Receipt | undefined;
  }

  /** The result in k6's style, a promise of it in an async function. */
  export type Operation = OperationResult & PromiseLike<OperationResult>;

  /** What every operation takes besides its own. */
  export interface Tagged {
    /**
     * The id it is sent under, a UUID of version 7: that of an earlier result, or one of `operationId()`. Without it each call has its own,
     * as a well-behaved client's. With one that is used a script asks on purpose what a target makes of a repeat, or of another body.
     */
    id?: string;
    /** For thresholds on a part of the operations: `'pay_response_time{kind:vip}': ['p(99)<500']`. */
    tags?: Readonly<Record<string, string | number | boolean>>;
  }

  /** Users and merchants are numbered from 1; amounts are whole minor units (fen). */
  export function pay(
    order: { payer: number; merchant: number; amountMinor: number; channel?: Channel } & Tagged,
  ): Operation;
  /** Between two users: no fee. */
  export function transfer(
    order: { payer: number; payee: number; amountMinor: number } & Tagged,
  ): Operation;
  /** From the user's bank to the user. */
  export function topUp(order: { user: number; amountMinor: number } & Tagged): Operation;
  /**
   * Gives a payment back, whole or in part; the parts together never more than was paid. `payer` names another user than the one
   * who paid, to see it refused.
   */
  export function refund(
    order: { payment: OperationResult; amountMinor?: number; payer?: number } & Tagged,
  ): Operation;
  /** Sets money aside until it is captured, voided, or `timeoutS` (600) is over. */
  export function hold(
    order: {
      payer: number;
      merchant: number;
      amountMinor: number;
      timeoutS?: number;
      channel?: Channel;
    } & Tagged,
  ): Operation;
  /** Takes what was held, whole or in part; the rest is set free. `merchant` names another than the hold's, to see it refused. */
  export function capture(
    order: { hold: OperationResult; amountMinor?: number; merchant?: number } & Tagged,
  ): Operation;
  /**
   * Sets what was held free. `payer` names another user than the hold's, to see it refused. Also exported as `void`, which can be
   * imported under another name.
   */
  export function voidHold(order: { hold: OperationResult; payer?: number } & Tagged): Operation;
  export { voidHold as void };
  /** An id that nobody has, for operations that are sent more than once. */
  export function operationId(): string;
  /** Reads the balance of a user: it is in the receipt. */
  export function balance(order: { user: number } & Tagged): Operation;

  /** `not sent`: no byte of it can have reached the target. */
  export type ToldOutcome = 'ok' | 'declined' | 'unknown' | 'not sent';

  /** An operation that the script carries out itself. One that it says nothing about until its iteration is over is unknown. */
  export interface PaymentOperation {
    /** As given, or a UUID of version 7: send it, so that the target knows a repeat. */
    readonly id: string;
    readonly amountMinor: number;
    /** Attempts so far. */
    readonly attempts: number;
    /** Undefined until it is told. */
    readonly outcome: ToldOutcome | undefined;
    /**
     * By the answer of an HTTP or gRPC request. HTTP: 2xx ok; 400, 402, 404, 409, 422 declined; no connection: not sent; all else
     * unknown. gRPC: OK; InvalidArgument, NotFound, AlreadyExists, PermissionDenied, FailedPrecondition, OutOfRange, Unauthenticated
     * declined; all else unknown.
     */
    settle(answer: unknown): ToldOutcome;
    ok(): ToldOutcome;
    declined(): ToldOutcome;
    unknown(): ToldOutcome;
    notSent(): ToldOutcome;
    /**
     * Asks, and asks again under the same id while the outcome is unknown or nothing was sent, with back-off, at most `attempts` times;
     * settles it and returns the last answer. A refusal after an attempt that ended without a word stays unknown: it may be the answer
     * to a repeat of what happened.
     */
    attempt<Answer>(
      ask: (operation: PaymentOperation) => Answer,
      options?: { attempts?: number },
    ): Answer;
    /**
     * `op.lookUp(() => http.get(...))`: how to ask what became of it, where it is still unknown once the load is over and the faults are
     * healed; asked again until there is an answer, for as long as the drill looks up operations of its own (30 s at most). HTTP: 2xx, it
     * took effect; 404, it is not there; anything else is no answer. gRPC: OK; NotFound. Or what `by` makes of the answer.
     */
    lookUp<Answer>(
      ask: (operation: PaymentOperation) => Answer,
      by?: (answer: Awaited<Answer>) => LookedUpOutcome,
    ): PaymentOperation;
  }

  /** `declined`: refused for good. `absent`: it is not there, as far as the target knows. */
  export type LookedUpOutcome = 'ok' | 'declined' | 'absent' | 'unknown';

  /** A balance read. */
  export interface BalanceOperation extends PaymentOperation {
    /**
     * It was answered with this: in place of `settle`, or inside `attempt`. With `version` (of the account, as the books have it) the laws
     * receipt-matches-books and read-in-real-time judge it; without, only whether the account ever had that balance is asked.
     */
    read(what: { balanceMinor: number; version?: number }): ToldOutcome;
  }

  /** What every operation of `payments` takes besides its own. */
  export interface Told {
    /** As the target knows it: any text. */
    id?: string;
    /** Default CNY. */
    asset?: string;
    /** Default `other`; where the target is the reference stack `balance`, as its API has it. */
    channel?: Channel;
    tags?: Readonly<Record<string, string | number | boolean>>;
  }

  /**
   * A journal for payments of any system: the script says what it asks and what came of it. Accounts have the names that they have
   * there; those of the reference stack are `user:7` and `merchant:3`.
   */
  export const payments: {
    transfer(order: { from: string; to: string; amountMinor: number } & Told): PaymentOperation;
    pay(order: { from: string; to: string; amountMinor: number } & Told): PaymentOperation;
    topUp(order: { to: string; amountMinor: number } & Told): PaymentOperation;
    /** Money leaves the system; the books are held to what the payer loses. */
    withdraw(order: { from: string; amountMinor: number } & Told): PaymentOperation;
    hold(
      order: { from: string; to: string; amountMinor: number; timeoutS?: number } & Told,
    ): PaymentOperation;
    capture(order: { hold: PaymentOperation; amountMinor?: number } & Told): PaymentOperation;
    void(order: { hold: PaymentOperation } & Told): PaymentOperation;
    refund(order: { payment: PaymentOperation; amountMinor?: number } & Told): PaymentOperation;
    /**
     * A booking of any shape: what the books have under its id must be exactly this, the legs of one account together. A negative amount
     * leaves the account; `asset` of a leg goes before the booking's own.
     */
    entry(
      order: { legs: { account: string; amountMinor: number; asset?: string }[] } & Told,
    ): PaymentOperation;
    /** Asks for the balance of an account; what was read is told by `read`, or, of the reference stack's API, by `settle(answer)`. */
    balance(order: { of: string } & Told): BalanceOperation;
    /** What an answer says, in place of the table of `settle`, for this virtual user from now on. */
    settleBy(outcomeOf: (answer: unknown) => ToldOutcome): void;
    /**
     * Where the target's HTTP API is (`http://host:port`), through the link `clients` that faults break; not in init code. Throws where
     * the target has none, or there is no target.
     */
    readonly url: string;
    /**
     * The same through the link of a network that `options.ext.paydrill.networks` names: `2g`, `3g`, `4g-commuter`, `elevator`. The link
     * `clients-<network>` is as good as any until a fault of that kind makes it what the network is.
     */
    urlOver(network: string): string;
  };

  /** An operation that this virtual user did not ask for, or not yet. */
  export interface OperationNamed {
    id: string;
    /** Number of the user who asks for it; and of the other party, 0 where there is none. */
    account: number;
    counterparty: number;
    amountMinor: number;
  }

  /** An order of a product's operation: its parties as the product names them, and in `of` the operation that it refers to. */
  export interface ProductOrder extends Tagged {
    payer?: number;
    payee?: number;
    merchant?: number;
    /** Where it is left out: that of the operation that it refers to. */
    amountMinor?: number;
    of?: OperationResult | OperationNamed;
    /** Of `balance`, which every product has: whose balance of which account of the product is read, a user's or a merchant's. */
    account?: string;
    user?: number;
  }

  /**
   * The operations of a product (`options.ext.paydrill.products` names those that the stack is started with), by name:
   * `product('huabei').pay({ payer, merchant, amountMinor })`. `product<'from' | 'to'>(name)` names details of its operations: whole numbers that
   * their ids carry. Where the amount follows from them it may be left out; an id that is given must have them.
   */
  export function product<Detail extends string = never>(
    name: string,
  ): Readonly<
    Record<string, (order: ProductOrder & { [Name in Detail]?: number }) => Operation>
  > & {
    /**
     * Of products that are paid by code: what the telephone of that user shows now, as the `id` of the operation `of` (may be left out
     * where one alone has codes); `skewS`: its clock is ahead.
     */
    code(order: CodeOrder & { [Name in Detail]?: number }): string;
    /** The same as a signed token, where the product has such: for whoever checks it without a network. */
    token(order: CodeOrder & { [Name in Detail]?: number }): string;
    /** What a gate for `of` can tell of a token by its own clock (`skewS`: that is ahead) and the public key alone. */
    readToken(token: string, order?: { of?: string; skewS?: number }): TokenSeen;
  };

  export interface CodeOrder {
    user: number;
    of?: string;
    skewS?: number;
  }

  export type TokenSeen =
    | {
        problem?: undefined;
        id: string;
        user: number;
        details: Readonly<Record<string, number>>;
        madeMs: number;
      }
    | {
        problem:
          | 'malformed'
          | 'cut'
          | 'unknown_version'
          | 'unknown_kind'
          | 'bad_signature'
          | 'from_the_future'
          | 'expired';
      };

  export interface FestivalParameters {
    users: number;
    merchants: number;
    /** Skew of merchants: the share of rank r is proportional to r^-s. Default 1; 0 = all alike. */
    zipfExponent?: number;
    /** Amounts are log-normal: their middle (default 8,800) and the deviation of their logarithm (default 1). */
    medianMinor?: number;
    amountSigma?: number;
    /** A draw beyond them becomes the bound. Defaults 1 and 5,000,000. */
    minMinor?: number;
    maxMinor?: number;
    /** Weights; they need not sum to 1. Default: balance alone. */
    channels?: Partial<Record<Channel, number>>;
  }

  /** Draws. They follow from the drill's seed, the scenario and the iteration, not from who runs it. */
  export interface Festival {
    payer(): number;
    /** A user other than `payer`. */
    payee(payer: number): number;
    /** 1 is the busiest. */
    merchant(): number;
    amountMinor(): number;
    /** The same spread around another middle. */
    amountAround(medianMinor: number): number;
    channel(): Channel;
    /** True with this probability. */
    chance(probability: number): boolean;
  }

  /** At the top of the script: who is at the festival. */
  export function festival(parameters: FestivalParameters): Festival;

  /** What handleSummary() is given: k6's shape, and paydrill's own summary. */
  export interface SummaryData {
    /** By name; by `name{tag:value}` as a threshold has it. */
    metrics: Record<string, SummaryMetric>;
    root_group: SummaryGroup;
    options: { summaryTrendStats: string[]; summaryTimeUnit: string; noColor: boolean };
    state: { isStdOutTTY: boolean; isStdErrTTY: boolean; testRunDurationMs: number };
    /** What setup() returned. */
    // biome-ignore lint/suspicious/noExplicitAny: only the script knows
    setup_data?: any;
    paydrill: SummaryOfDrill;
  }

  export interface SummaryMetric {
    type: 'counter' | 'gauge' | 'rate' | 'trend';
    /** `time`: the values are milliseconds. */
    contains: 'default' | 'time';
    /** `count`, `rate`; `value`, `min`, `max`; `rate`, `passes`, `fails`; those of `summaryTrendStats`. */
    values: Record<string, number>;
    /** By expression, `p(99)<500`. */
    thresholds?: Record<string, { ok: boolean }>;
  }

  export interface SummaryGroup {
    name: string;
    /** `::name::inner`; empty at the root. */
    path: string;
    id: string;
    groups: SummaryGroup[];
    checks: { name: string; path: string; id: string; passes: number; fails: number }[];
  }

  /** The fields of summary.json that scripts want most; reports/README.md tells them all. */
  export interface SummaryOfDrill {
    verdict: 'valid' | 'invalid' | 'unknown' | 'no_claim';
    /** Why the verdict is not valid; null where it is. */
    reason: string | null;
    exit_code: number;
    laws: { name: string; status: string; checked: number; violations: number }[];
    [field: string]: unknown;
  }

  /** What handleSummary() returns: texts or bytes for `stdout`, `stderr` and files by their paths. */
  export type SummaryOutputs = Record<string, string | ArrayBuffer>;
}
