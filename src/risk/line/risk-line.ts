/**
 * The engine in line: told of every operation that moves money, in the order in which the gateway admits them, it decides on those that may
 * be denied and counts all of them, denied or not. Gateway and checker have one each: the same operations at the same times give the same
 * decisions and the same state. No clock: times are handed in.
 */
import { DECISIONS, type Policy } from '../decide/policy.js';
import { digestOf } from '../engine/digest.js';
import { FusedEngine, type MoneyEvent } from '../engine/fused-engine.js';
import { type AgreedRisk, DENY, type Population } from './agreed-risk.js';
import { DECIDED_FLAG } from './decision-record.js';
import { type Asked, DECIDED, fillEvent } from './moves.js';

export class RiskLine {
  /** Of the last `decide`: ordinal in DECISIONS, DECIDED_FLAG, and what led to it. */
  decision = 0;
  flags = 0;
  probability = 0;
  points = 0;
  reasons = 0;
  steps = 0;
  /** The engine's time: that of the last that it was told. */
  atS = 0;
  readonly #engine: FusedEngine;
  readonly #policy: Policy;
  readonly #event: MoneyEvent = {
    ...{ kind: 0, from: 0, to: 0, device: 0, card: 0 },
    ...{ onCredit: false, yuan: 0, atS: 0 },
  };

  constructor({ policy, bounds }: AgreedRisk, { users, merchants }: Population) {
    const { pairsMax, stepsMax } = bounds;
    this.#policy = policy;
    // Operations carry neither a device nor a card.
    this.#engine = new FusedEngine({ users, merchants, pairsMax, stepsMax, handsetsMax: 1 });
  }

  get isDenied(): boolean {
    return this.decision === DENY;
  }

  /** Decides, then counts. `atS` never falls. */
  decide(asked: Asked, atS: number): void {
    const engine = this.#engine;
    const event = this.#event;
    this.#clear();
    this.atS = atS;
    const isCounted = fillEvent(event, asked, atS, engine.parties);
    if (DECIDED[asked.kind] === 1) {
      engine.judge(event);
      this.decision = DECISIONS.indexOf(this.#policy.decide(engine.features));
      this.flags = this.#flagsOfJudged();
      this.probability = Math.fround(this.#policy.probability);
      this.points = this.#policy.points;
      this.reasons = this.#policy.heldBits;
      this.steps = engine.steps.taken;
    }
    if (isCounted) engine.apply(event);
  }

  /** Counts what was decided on before. */
  count(asked: Asked, atS: number): void {
    this.atS = atS;
    const engine = this.#engine;
    if (fillEvent(this.#event, asked, atS, engine.parties)) engine.apply(this.#event);
  }

  /** One number for all that was counted. It reads every record: for a check after a drill. */
  digest(): number {
    return digestOf(this.#engine, this.atS);
  }

  #clear(): void {
    this.decision = 0;
    this.flags = 0;
    this.probability = 0;
    this.points = 0;
    this.reasons = 0;
    this.steps = 0;
  }

  #flagsOfJudged(): number {
    const { steps, pairs } = this.#engine;
    const cut = steps.cut ? DECIDED_FLAG.cut : 0;
    return DECIDED_FLAG.judged | cut | (pairs.evictedYoung > 0 ? DECIDED_FLAG.forgot : 0);
  }
}
