/**
 * Operations that a script carries out itself, by whatever request it makes, and tells about: what it asks, and what came of
 * it. They are journalled and measured as those that the driver carries out. Types only.
 *
 *   begin -> (attempt ends without a word -> attempt again)* -> end
 *                                                               '-- unknown -> looked up, once the faults are healed
 */
import type { Caller, OperationRequest } from './pay.js';

/** `unknown`: it may have happened. `not sent`: no byte of it can have reached the target. */
export type ToldOutcome = 'ok' | 'declined' | 'unknown' | 'not sent';

/** One operation: its owner only hands it back. */
export interface ToldOperation {
  /** Words of its id, most significant first. */
  readonly idWords: readonly [number, number, number, number];
  /** Undefined until it is told. */
  readonly outcome: ToldOutcome | undefined;
  /** Begun so far. */
  readonly attempts: number;
  /** An attempt ended without a word: it may have had its effect. */
  readonly isUncertain: boolean;
}

/**
 * What became of an operation, by asking. `declined`: refused for good. `absent`: it is not there, as far as the target knows.
 */
export interface LookedUp {
  readonly outcome: 'ok' | 'declined' | 'absent' | 'unknown';
  /** What the target said, which may hold more than the outcome. */
  readonly answer: unknown;
}

/** Asks the target, as an iteration would. */
export type LookUp = () => Promise<LookedUp>;

/** A balance as the target told it. */
export interface ReadBalance {
  readonly account: number;
  readonly balanceMinor: number;
  /** Of the account; undefined where the target tells none. */
  readonly version: number | undefined;
}

/** Of a booking that is asked for leg by leg. */
export interface ToldLeg {
  readonly account: number;
  /** Negative: the account loses. */
  readonly amountMinor: number;
}

/** What a check found out of an operation that had ended: by asking again under its id, or by its look-up. */
export interface AskedAgain {
  readonly how: 'again' | 'look-up';
  /** Words of its id. */
  readonly idWords: ToldOperation['idWords'];
  readonly first: ToldOutcome;
  readonly later: ToldOutcome | LookedUp['outcome'];
}

export interface ToldPort {
  /** Its first attempt begins now. `legs`: all that it shall move, where two parties and an amount do not say it. */
  begin(request: OperationRequest, caller: Caller, legs?: readonly ToldLeg[]): ToldOperation;
  /**
   * Milliseconds until the next attempt may begin; undefined: there were enough. `isUncertain`: the one before ended without a word,
   * and may have had its effect.
   */
  retryMs(operation: ToldOperation, isUncertain: boolean): number | undefined;
  /** The next attempt begins now. */
  again(operation: ToldOperation): void;
  /** Once; what is told after that changes nothing. `answer`: what the target said, which may hold more than the outcome. */
  end(operation: ToldOperation, outcome: ToldOutcome, answer?: unknown): void;
  /** As `end` with `ok`: of a balance read that was answered with this. */
  endRead(operation: ToldOperation, read: ReadBalance): void;
  /** How to ask what became of it, where it is unknown when the faults are healed. */
  lookUpBy(operation: ToldOperation, ask: LookUp): void;
  /** A check: what has ended is asked again under its id, and looked up, to see what is answered. A drill does not. */
  readonly asksAgain: boolean;
  /** What is told of it from here on is about its repeat. */
  beginRepeat(operation: ToldOperation): void;
  /** `outcome`: of the repeat, where the script told nothing. */
  endRepeat(operation: ToldOperation, outcome: ToldOutcome): void;
  /** CHANNEL of an operation for which the script names none. */
  readonly channel: number;
  /** Where the target's HTTP API is, through what faults break; undefined where it has none. */
  readonly targetUrl: string | undefined;
  /** The same over each network that the script's clients come over, by its name. */
  readonly urlsOver: Readonly<Record<string, string>>;
  /** The number by which the journal knows an account of that name and asset. Throws where the target has none such. */
  accountNumber(name: string, asset: string): number;
}
