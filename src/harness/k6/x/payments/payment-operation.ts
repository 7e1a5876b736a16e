/**
 * One operation that a script carries out itself, as the script sees it: its id, and the words for what came of it. One for which
 * nothing is said until its iteration is over is unknown.
 *
 *   begun -> ok | declined | unknown | not sent
 *
 * After an attempt that ended without a word a refusal is no certainty: it may be the answer to a repeat of what happened
 * (`409 this id exists`), so `settle` and `attempt` make it unknown; a script that knows better says `declined()`.
 */
import { formatOperationId, type OperationIdWords } from '../../../../wire/operation-id.js';
import type { OperationRef } from '../../../ports/pay.js';
import type {
  LookedUp,
  ReadBalance,
  ToldOperation,
  ToldOutcome,
  ToldPort,
} from '../../../ports/told.js';
import { isFunction, isThenable } from '../../../vu/script-values.js';
import { foundBy } from './settling.js';

/** What an answer says of the operation that was asked. */
export type Settling = (answer: unknown) => ToldOutcome;

/** What of its virtual user an operation needs. */
export interface OperationOwner {
  readonly told: ToldPort;
  readonly settling: Settling;
  /** Resolves after so many milliseconds, and blocks the VU as a sleep does. */
  sleep(ms: number): Promise<void>;
  /** Runs it once the load is over, as an iteration would; one after the other. */
  afterLoad(call: () => unknown): Promise<unknown>;
}

const FOUND: readonly unknown[] = ['ok', 'declined', 'absent', 'unknown'];

export class PaymentOperation implements OperationRef {
  readonly account: number;
  readonly counterparty: number;
  readonly amountMinor: number;
  readonly #owner: OperationOwner;
  readonly #told: ToldOperation;
  #id: string | undefined;

  /** Positional, because one is made per operation. `id`: as the script gave it. */
  constructor(
    owner: OperationOwner,
    told: ToldOperation,
    order: Pick<OperationRef, 'account' | 'counterparty' | 'amountMinor'>,
    id: string | undefined,
  ) {
    this.#owner = owner;
    this.#told = told;
    this.#id = id;
    this.account = order.account;
    this.counterparty = order.counterparty;
    this.amountMinor = order.amountMinor;
  }

  get id(): string {
    this.#id ??= formatOperationId(this.#told.idWords);
    return this.#id;
  }

  get idWords(): OperationIdWords {
    return this.#told.idWords;
  }

  /** Undefined until it was told. */
  get outcome(): ToldOutcome | undefined {
    return this.#told.outcome;
  }

  get attempts(): number {
    return this.#told.attempts;
  }

  /** By the answer. Returns the outcome. */
  settle(answer: unknown): ToldOutcome {
    return this.#end(this.#asFarAsKnown(this.#owner.settling(answer)), answer);
  }

  ok(): ToldOutcome {
    return this.#end('ok');
  }

  declined(): ToldOutcome {
    return this.#end('declined');
  }

  unknown(): ToldOutcome {
    return this.#end('unknown');
  }

  notSent(): ToldOutcome {
    return this.#end('not sent');
  }

  /**
   * Asks, and asks again under the same id while the outcome is unknown or nothing was sent, with back-off, so many times at
   * most (default: as the driver does). Returns the last answer; `outcome` says what came of it. What `ask` throws ends it as
   * unknown and is thrown on.
   */
  async attempt(ask: (operation: this) => unknown, { attempts = Infinity } = {}): Promise<unknown> {
    const answer = await this.#untilKnown(ask, attempts);
    if (this.#owner.told.asksAgain) await this.#askAgain(ask);
    return answer;
  }

  async #untilKnown(ask: (operation: this) => unknown, attempts: number): Promise<unknown> {
    const { told } = this.#owner;
    for (;;) {
      let answer: unknown;
      try {
        answer = ask(this);
        if (isThenable(answer)) answer = await answer;
      } catch (error) {
        this.#end('unknown');
        throw error;
      }
      if (this.outcome !== undefined) return answer; // the script has said it
      const outcome = this.#owner.settling(answer);
      const isOpen = outcome === 'unknown' || outcome === 'not sent';
      const waitMs = isOpen && this.attempts < attempts ? this.#again(outcome) : undefined;
      if (waitMs === undefined) {
        this.#end(this.#asFarAsKnown(outcome), answer);
        return answer;
      }
      await this.#owner.sleep(waitMs);
      told.again(this.#told);
    }
  }

  /**
   * How to ask what became of it, where it is unknown when the faults are healed. The answer says that it is there or is not, or
   * what `by` makes of it.
   */
  lookUp(ask: unknown, by: unknown = foundBy): this {
    if (!isFunction(ask))
      throw new TypeError('lookUp: give a function that asks what became of the operation');
    if (!isFunction(by))
      throw new TypeError(`lookUp: its second is a function from an answer to an outcome`);
    this.#owner.told.lookUpBy(this.#told, async () => {
      const answer = await this.#owner.afterLoad(() => ask(this));
      const outcome = by(answer);
      if (isFound(outcome)) return { outcome, answer };
      throw new TypeError(
        `lookUp: its function must return one of ${FOUND.join(', ')}, got ${String(outcome)}`,
      );
    });
    return this;
  }

  /** Of a check. What comes of it changes nothing of what was told before. */
  async #askAgain(ask: (operation: this) => unknown): Promise<void> {
    const { told, settling } = this.#owner;
    told.beginRepeat(this.#told);
    let outcome: ToldOutcome = 'unknown';
    try {
      outcome = settling(await ask(this));
    } finally {
      told.endRepeat(this.#told, outcome);
    }
  }

  #again(outcome: ToldOutcome): number | undefined {
    return this.#owner.told.retryMs(this.#told, outcome === 'unknown');
  }

  #asFarAsKnown(outcome: ToldOutcome): ToldOutcome {
    return this.#told.isUncertain && outcome !== 'ok' ? 'unknown' : outcome;
  }

  /** As `ok`, with the balance that was read. */
  protected endRead(read: ReadBalance): ToldOutcome {
    this.#owner.told.endRead(this.#told, read);
    return this.#told.outcome ?? 'ok';
  }

  #end(outcome: ToldOutcome, answer?: unknown): ToldOutcome {
    this.#owner.told.end(this.#told, outcome, answer);
    return this.#told.outcome ?? outcome;
  }
}

function isFound(value: unknown): value is LookedUp['outcome'] {
  return FOUND.includes(value);
}
