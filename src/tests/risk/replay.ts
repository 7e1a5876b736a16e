/** Tells an engine of simulated traffic, move by move; labels are not handed on. */
import { MOVE_KIND, type Moves } from '../../harness/traffic/moves.js';
import type { LabelledTraffic, TrafficOptions } from '../../harness/traffic/simulate.js';
import { EVENT_KIND, FusedEngine, type MoneyEvent } from '../../risk/engine/fused-engine.js';

/** What is measured and trained on: two days of 60,000 users, 620,000 moves; each pattern of fraud moves 1e-4 of the value. */
export const MEASURED = { users: 60_000, merchants: 3000, days: 2, fraudShare: 1e-4 } as const;
/** For training there is more fraud to learn from. */
export const TRAINED = { ...MEASURED, fraudShare: 8e-4 } as const;
export const TRAINING_SEEDS = [1, 2, 3] as const;
export const TEST_SEEDS = [101, 102, 103, 104] as const;

const PAIRS_A_USER = 16;
const KINDS = new Map<number, number>([
  [MOVE_KIND.pay, EVENT_KIND.pay],
  [MOVE_KIND.transfer, EVENT_KIND.transfer],
  [MOVE_KIND.payout, EVENT_KIND.payout],
  [MOVE_KIND.refund, EVENT_KIND.refund],
]);

export function engineFor(
  options: Pick<TrafficOptions, 'users' | 'merchants'>,
  graph = true,
): FusedEngine {
  const { users, merchants } = options;
  const pairsMax = users * PAIRS_A_USER;
  return new FusedEngine({ users, merchants, pairsMax, handsetsMax: users * 2, graph });
}

export function blankEvent(): MoneyEvent {
  return { kind: 0, from: 0, to: 0, device: 0, card: 0, onCredit: false, yuan: 0, atS: 0 };
}

export function fillEvent(event: MoneyEvent, moves: Moves, i: number, engine: FusedEngine): void {
  const { parties } = engine;
  const kind = moves.kind[i];
  const isFromUser = kind === MOVE_KIND.pay || kind === MOVE_KIND.transfer;
  event.kind = KINDS.get(kind) ?? 0;
  event.from = isFromUser ? parties.user(moves.from[i]) : parties.merchant(moves.from[i]);
  event.to = kind === MOVE_KIND.pay ? parties.merchant(moves.to[i]) : parties.user(moves.to[i]);
  event.device = moves.device[i];
  event.card = moves.card[i];
  event.onCredit = moves.onCredit[i] === 1;
  event.yuan = moves.amountMinor[i] / 100;
  event.atS = moves.atS[i];
}

/** Every move is judged, but refunds, and counted whatever anybody thinks of it; `look` is called between the two. */
export function replay(
  traffic: LabelledTraffic,
  engine: FusedEngine,
  look: (i: number) => void,
): void {
  const { moves } = traffic;
  const event = blankEvent();
  for (let i = 0; i < moves.count; i++) {
    fillEvent(event, moves, i, engine);
    if (event.kind !== EVENT_KIND.refund) {
      engine.judge(event);
      look(i);
    }
    engine.apply(event);
  }
}

/** The user whose move is stopped: who pays, or is paid by a merchant. */
export function userOf(moves: Moves, i: number): number {
  return moves.kind[i] === MOVE_KIND.payout ? moves.to[i] : moves.from[i];
}
