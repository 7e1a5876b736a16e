/**
 * What the fused engine ought to say, from the list of all events and by the plainest way there is: every feature is counted again from the
 * beginning. Only for tests; it knows no bounds.
 */
import type { Feature } from '../features.js';
import { EVENT_KIND, type MoneyEvent } from '../fused-engine.js';

const LENGTH_S = { '1m': 60, '1h': 3600, '24h': 86_400 } as const;
type Length = keyof typeof LENGTH_S;

interface Deal {
  readonly from: number;
  readonly to: number;
  readonly yuan: number;
  readonly atS: number;
  readonly onCredit: boolean;
}

interface Way {
  readonly hops: number;
  readonly share: number;
  readonly onCredit: boolean;
}

export class NaiveEngine {
  readonly #moves: MoneyEvent[] = [];
  readonly #refunds: MoneyEvent[] = [];
  /** Every deal of a pair. */
  readonly #deals: Deal[] = [];

  apply(event: MoneyEvent): void {
    if (event.kind === EVENT_KIND.refund) {
      this.#refunds.push({ ...event });
      return;
    }
    this.#moves.push({ ...event });
    const { yuan, atS, onCredit } = event;
    this.#deals.push({ from: event.from, to: event.to, yuan, atS, onCredit });
  }

  judge(event: MoneyEvent): Partial<Record<Feature, number>> {
    const { from, to, atS, yuan } = event;
    const deals = this.#deals;
    const out = deals.filter((deal) => deal.from === from);
    const income = deals.filter((deal) => deal.to === from);
    const atPayee = deals.filter((deal) => deal.to === to);
    const fromPayee = deals.filter((deal) => deal.from === to);
    const pair = out.filter((deal) => deal.to === to);
    const back = fromPayee.filter((deal) => deal.to === from);
    const count = (of: readonly Deal[], length: Length) => inWindow(of, length, atS, () => 1);
    const sum = (of: readonly Deal[], length: Length) =>
      inWindow(of, length, atS, (deal) => deal.yuan);
    const credit = (of: readonly Deal[]) =>
      sum(
        of.filter((deal) => deal.onCredit),
        '24h',
      );
    const night = out.filter((deal) => deal.atS % 86_400 < 6 * 3600).length;
    const payersDay = distinct(
      deals.filter((deal) => deal.to === to),
      'from',
      '24h',
      atS,
    );
    const gotHour = sum(income, '1h');
    const goesHour = sum(out, '1h') + yuan;
    const ways = this.#waysBack(event);
    return {
      payer_count_1m: count(out, '1m'),
      payer_count_1h: count(out, '1h'),
      payer_count_24h: count(out, '24h'),
      payer_sum_1h: sum(out, '1h'),
      payer_sum_24h: sum(out, '24h'),
      payer_payees_1h: distinct(out, 'to', '1h', atS),
      payer_payees_24h: distinct(out, 'to', '24h', atS),
      payer_in_sum_1h: gotHour,
      payer_in_sum_24h: sum(income, '24h'),
      payer_pass_through_1h: Math.min(gotHour, goesHour) / Math.max(gotHour, goesHour),
      payer_credit_24h: credit(out),
      payer_times: out.length,
      payer_night_share: out.length === 0 ? 0 : night / out.length,
      payer_refund_share:
        out.length === 0 ? 0 : this.#refunds.filter((one) => one.to === from).length / out.length,
      payee_count_1m: count(atPayee, '1m'),
      payee_count_1h: count(atPayee, '1h'),
      payee_count_24h: count(atPayee, '24h'),
      payee_sum_24h: sum(atPayee, '24h'),
      payee_payers_24h: payersDay,
      payee_credit_share_24h: sum(atPayee, '24h') > 0 ? credit(atPayee) / sum(atPayee, '24h') : 0,
      payee_out_sum_24h: sum(fromPayee, '24h'),
      payee_out_payees_24h: distinct(fromPayee, 'to', '24h', atS),
      pair_new: pair.length === 0 ? 1 : 0,
      pair_count_1h: count(pair, '1h'),
      pair_sum_24h: sum(pair, '24h'),
      pair_times: pair.length,
      device_users_1h: this.#users('device', event, 3600).size,
      device_users_24h: this.#users('device', event, 86_400).size,
      device_new: isNewAt(this.#users('device', event), event.device, from),
      card_users_24h: this.#users('card', event, 86_400).size,
      card_new: isNewAt(this.#users('card', event), event.card, from),
      payer_out_degree: new Set(out.map((deal) => deal.to)).size,
      payee_in_degree: new Set(deals.filter((deal) => deal.to === to).map((deal) => deal.from))
        .size,
      reciprocal_sum_24h: sum(back, '24h'),
      reciprocal_times: back.length,
      back_on_credit: ways.some((way) => way.onCredit) ? 1 : 0,
      back_hops: ways.length === 0 ? 0 : Math.min(...ways.map((way) => way.hops)),
      component_size: this.#component(from).size,
    };
  }

  /** Every way of at most four hops, by the rules that money-back.ts states. */
  #waysBack({ from, to, yuan, atS }: MoneyEvent): Way[] {
    const moved = (of: readonly Deal[]): number =>
      inWindow(of, '24h', atS, (deal) => deal.yuan) / yuan;
    const paid = this.#deals.filter((deal) => deal.from === to);
    const got = this.#deals.filter((deal) => deal.to === from);
    if (moved(paid) < 0.5 || moved(got) < 0.5) return [];
    const ways: Way[] = [];
    const walk = (
      party: number,
      depth: number,
      share: number,
      earliestS: number,
      credit?: boolean,
    ) => {
      const payees = new Set(this.#deals.filter((d) => d.from === party).map((d) => d.to));
      for (const payee of payees) {
        if (payee !== from && depth === 2) continue;
        const pair = this.#deals.filter((deal) => deal.from === party && deal.to === payee);
        const carried = Math.min(share, moved(pair));
        const lastS = Math.max(...pair.map((deal) => deal.atS));
        if (carried < 0.3 || lastS < earliestS) continue;
        const onCredit = credit ?? pair.some((deal) => deal.onCredit);
        if (payee === from) ways.push({ hops: depth + 2, share: carried, onCredit });
        else {
          const firstS = Math.min(...pair.map((deal) => deal.atS));
          walk(payee, depth + 1, carried, Math.max(earliestS, firstS), onCredit);
        }
      }
    };
    walk(to, 0, 1, atS - 86_400);
    return ways;
  }

  /** Who was seen with the event's device or card, in the last so many seconds. */
  #users(
    of: 'device' | 'card',
    event: MoneyEvent,
    windowS = Number.POSITIVE_INFINITY,
  ): Set<number> {
    const seen = this.#moves.filter(
      (one) => event[of] !== 0 && one[of] === event[of] && event.atS - one.atS < windowS,
    );
    return new Set(seen.map((one) => one.from));
  }

  #component(party: number): ReadonlySet<number> {
    const links = [
      ...this.#moves
        .filter((one) => one.kind === EVENT_KIND.transfer)
        .map((one) => [one.from, one.to]),
      ...this.#moves.flatMap((one) =>
        [...this.#users('device', one)].map((other) => [one.from, other]),
      ),
      ...this.#moves.flatMap((one) =>
        [...this.#users('card', one)].map((other) => [one.from, other]),
      ),
    ];
    const members = new Set([party]);
    for (let size = 0; size < members.size; ) {
      size = members.size;
      for (const [one, other] of links) {
        if (members.has(one) || members.has(other)) members.add(one).add(other);
      }
    }
    return members;
  }
}

function isNewAt(users: ReadonlySet<number>, key: number, user: number): number {
  return key !== 0 && !users.has(user) ? 1 : 0;
}

/** The deals of the present bucket, and those of the one before by the part of it that the window covers. */
function inWindow(
  of: readonly Deal[],
  length: Length,
  atS: number,
  value: (deal: Deal) => number,
): number {
  const { present, before, left } = buckets(of, length, atS);
  const total = (deals: readonly Deal[]): number => deals.reduce((sum, one) => sum + value(one), 0);
  return total(present) + total(before) * left;
}

function distinct(of: readonly Deal[], end: 'from' | 'to', length: Length, atS: number): number {
  const { present, before, left } = buckets(of, length, atS);
  const now = new Set(present.map((deal) => deal[end]));
  const gone = new Set(before.map((deal) => deal[end]));
  return now.size + [...gone].filter((key) => !now.has(key)).length * left;
}

function buckets(of: readonly Deal[], length: Length, atS: number) {
  const lengthS = LENGTH_S[length];
  const bucket = Math.floor(atS / lengthS);
  const at = (number: number) => of.filter((deal) => Math.floor(deal.atS / lengthS) === number);
  return {
    present: at(bucket),
    before: at(bucket - 1),
    left: 1 - (atS - bucket * lengthS) / lengthS,
  };
}
