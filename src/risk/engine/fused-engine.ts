/**
 * Features and graph in one pass. `judge` brings the records that a payment touches up to now, fills the vector, and walks the graph where
 * what it read says that it may be worth it; `apply` counts a payment that went. Who decides, and by what rules, is not known here.
 *
 *   event -> parties, pair, device -> cheap features -> worth a walk? -> money back, groups -> vector
 *
 * No clock, no chance, no I/O: the same events in the same order give the same state, so that it can be made again from the stream of what
 * was let go. Memory is bounded: `PARTY_BYTES` for each user and merchant, `PAIR_BYTES` for each of `pairsMax` pairs, `HANDSET_BYTES` for a device or a card.
 */
import { addAmount, overMedian } from './amounts.js';
import { componentSize, unite } from './components.js';
import { FEATURES, PLACE } from './features.js';
import { Groups } from './groups.js';
import { Handsets } from './handsets.js';
import { MoneyBack } from './money-back.js';
import { PAIR, PAIR_WORDS, Pairs } from './pairs.js';
import { PARTY, PARTY_WORDS, Parties } from './parties.js';
import { Steps } from './steps.js';
import {
  addToCounters,
  countIn,
  DAY,
  distinctIn,
  HOUR,
  MINUTE,
  Now,
  sumIn,
  WINDOW_S,
} from './windows.js';

/** `payout`: a merchant's money goes to a user. A refund is counted and not judged. */
export const EVENT_KIND = { pay: 1, transfer: 2, payout: 3, refund: 4 } as const;

/** One movement of money. */
export interface MoneyEvent {
  kind: number;
  /** Ordinals by `Parties.user` and `Parties.merchant`; 0 where it is neither. */
  from: number;
  to: number;
  /** Any number from 1 to 2^32 - 1; 0 where it is not known. */
  device: number;
  card: number;
  onCredit: boolean;
  yuan: number;
  /** Seconds since some midnight; never less than with the event before. */
  atS: number;
}

export interface EngineOptions {
  readonly users: number;
  readonly merchants: number;
  readonly pairsMax: number;
  /** Devices and cards, each so many. */
  readonly handsetsMax: number;
  /** Pairs read by one walk; default 200. */
  readonly stepsMax?: number;
  /** False: no walk, and the features of the graph are 0. */
  readonly graph?: boolean;
}

/** Of a cache line. */
const LINE_WORDS = 16;
const NIGHT_ENDS_S = 6 * 3600;
const STEPS_MAX = 200;
/** A walk is worth it where each end has moved so much of the amount in a day. */
const MOVED_MIN = 0.5;
const GROUP_PAYERS_MAX = 64;
const GROUP_TIMES_MIN = 3;
const GATHERED_PAYERS_MIN = 3;
const SOURCES_MAX = 4;

export class FusedEngine {
  readonly parties: Parties;
  readonly pairs: Pairs;
  /** The vector of the last `judge`. */
  readonly features = new Float64Array(FEATURES.length);
  /** Of the last `judge`. */
  readonly steps = new Steps();
  readonly devices: Handsets;
  readonly cards: Handsets;
  walks = 0;
  /** What `warm` read; public so that its reads are not optimized away. */
  touched = 0;
  cuts = 0;
  readonly #now = new Now();
  readonly #back: MoneyBack;
  readonly #groups: Groups;
  readonly #stepsMax: number;
  readonly #graph: boolean;
  #from = 0;
  #to = 0;
  /** Of the event judged last, whose walk `apply` needs not do again. */
  readonly #judged = { from: 0, to: 0, yuan: 0, atS: -1 };

  constructor(options: EngineOptions) {
    this.parties = new Parties(options.users, options.merchants);
    this.pairs = new Pairs(options.pairsMax, this.parties);
    this.devices = new Handsets(options.handsetsMax);
    this.cards = new Handsets(options.handsetsMax);
    this.#back = new MoneyBack(this.pairs, this.steps, this.#now);
    this.#groups = new Groups(this.pairs, this.steps);
    this.#stepsMax = options.stepsMax ?? STEPS_MAX;
    this.#graph = options.graph ?? true;
  }

  /**
   * Brings what `judge` will need for these events into the processor's cache and changes nothing: asked for one by one each record would be
   * waited for alone, in a tight loop many at a time.
   */
  warm(events: readonly MoneyEvent[]): void {
    const { u32 } = this.parties.words;
    let touched = 0;
    for (const { from, to, device } of events) {
      for (let word = 0; word < PARTY_WORDS; word += LINE_WORDS) {
        touched ^= u32[from * PARTY_WORDS + word] ^ u32[to * PARTY_WORDS + word];
      }
      touched ^= this.pairs.touch(from, to) ^ this.devices.touch(device);
    }
    for (const { from, to } of events) touched ^= this.pairs.touchRecords(from, to);
    this.touched = touched;
  }

  /** Fills `features`; the state is as if nothing had been asked. */
  judge(event: MoneyEvent): void {
    this.#now.set(event.atS);
    this.#begin(event);
    const judged = this.#judged;
    judged.from = event.from;
    judged.to = event.to;
    judged.yuan = event.yuan;
    judged.atS = event.atS;
    this.parties.slide(this.#from, this.#now);
    this.parties.slide(this.#to, this.#now);
    this.#aboutPayment(event);
    this.#aboutPayer(event);
    this.#aboutPayee();
    this.#aboutPair();
    this.#aboutDevice(event);
    if (this.#graph) this.#aboutGraph(event);
  }

  /** Counts an event that took effect, judged or not. */
  apply(event: MoneyEvent): void {
    const now = this.#now;
    now.set(event.atS);
    const { from, to } = event;
    if (from !== 0) this.parties.see(from, now);
    if (to !== 0) this.parties.see(to, now);
    if (event.kind === EVENT_KIND.refund) {
      this.parties.words.u32[from * PARTY_WORDS + PARTY.refundsOut] += from === 0 ? 0 : 1;
      this.parties.words.u32[to * PARTY_WORDS + PARTY.refundsIn] += to === 0 ? 0 : 1;
      return;
    }
    if (this.#graph) this.#noteMoneyBack(event);
    this.#countPayer(from, event);
    if (to !== 0) addToCounters(this.parties.words, to * PARTY_WORDS + PARTY.in, event.yuan);
    if (event.onCredit) this.#countCredit(from, to, event.yuan);
    this.#deal(from, to, event);
    if (from === 0) return;
    if (event.device !== 0) this.#login(this.devices, event.device, from);
    if (event.card !== 0) this.#login(this.cards, event.card, from);
    if (event.kind === EVENT_KIND.transfer && to !== 0) unite(this.parties, from, to);
  }

  #begin(event: MoneyEvent): void {
    this.steps.start(this.#stepsMax);
    this.#back.clear();
    this.#from = event.from;
    this.#to = event.to;
  }

  #aboutPayment(event: MoneyEvent): void {
    const f = this.features;
    f[PLACE.amount] = event.yuan;
    f[PLACE.is_pay] = event.kind === EVENT_KIND.pay ? 1 : 0;
    f[PLACE.is_transfer] = event.kind === EVENT_KIND.transfer ? 1 : 0;
    f[PLACE.is_payout] = event.kind === EVENT_KIND.payout ? 1 : 0;
    f[PLACE.is_credit] = event.onCredit ? 1 : 0;
    f[PLACE.is_night] = isNight(event.atS) ? 1 : 0;
  }

  #aboutPayer(event: MoneyEvent): void {
    const f = this.features;
    const { parties } = this;
    const { words } = parties;
    const now = this.#now;
    const from = this.#from;
    const at = from * PARTY_WORDS;
    const out = at + PARTY.out;
    const income = at + PARTY.in;
    const paidHour = sumIn(words, out, HOUR, now);
    const gotHour = sumIn(words, income, HOUR, now);
    const times = words.u32[at + PARTY.timesOut];
    f[PLACE.amount_over_median] = overMedian(parties.u16, parties.amountsAt(from), event.yuan);
    f[PLACE.payer_age_h] = parties.hoursSinceFirst(from, now);
    f[PLACE.payer_count_1m] = countIn(words, out, MINUTE, now);
    f[PLACE.payer_count_1h] = countIn(words, out, HOUR, now);
    f[PLACE.payer_count_24h] = countIn(words, out, DAY, now);
    f[PLACE.payer_sum_1h] = paidHour;
    f[PLACE.payer_sum_24h] = sumIn(words, out, DAY, now);
    f[PLACE.payer_payees_1h] = distinctIn(words, at + PARTY.payees, HOUR, now);
    f[PLACE.payer_payees_24h] = distinctIn(words, at + PARTY.payees, DAY, now);
    f[PLACE.payer_in_sum_1h] = gotHour;
    f[PLACE.payer_in_sum_24h] = sumIn(words, income, DAY, now);
    f[PLACE.payer_payers_1h] = distinctIn(words, at + PARTY.payers, HOUR, now);
    f[PLACE.payer_payers_24h] = distinctIn(words, at + PARTY.payers, DAY, now);
    f[PLACE.payer_pass_through_1h] = smallerOver(gotHour, paidHour + event.yuan);
    f[PLACE.payer_credit_24h] = parties.creditSum(from, PARTY.creditOut, now);
    f[PLACE.payer_times] = times;
    f[PLACE.payer_night_share] = times === 0 ? 0 : words.u32[at + PARTY.nightOut] / times;
    f[PLACE.payer_refund_share] = times === 0 ? 0 : words.u32[at + PARTY.refundsIn] / times;
  }

  #aboutPayee(): void {
    const f = this.features;
    const { parties } = this;
    const { words } = parties;
    const now = this.#now;
    const to = this.#to;
    const at = to * PARTY_WORDS;
    const income = at + PARTY.in;
    const countDay = countIn(words, income, DAY, now);
    const sumDay = sumIn(words, income, DAY, now);
    const payersDay = distinctIn(words, at + PARTY.payers, DAY, now);
    f[PLACE.payee_age_h] = parties.hoursSinceFirst(to, now);
    f[PLACE.payee_count_1m] = countIn(words, income, MINUTE, now);
    f[PLACE.payee_count_1h] = countIn(words, income, HOUR, now);
    f[PLACE.payee_count_24h] = countDay;
    f[PLACE.payee_sum_1h] = sumIn(words, income, HOUR, now);
    f[PLACE.payee_sum_24h] = sumDay;
    f[PLACE.payee_payers_1h] = distinctIn(words, at + PARTY.payers, HOUR, now);
    f[PLACE.payee_payers_24h] = payersDay;
    f[PLACE.payee_count_per_payer_24h] = payersDay > 0 ? countDay / payersDay : 0;
    f[PLACE.payee_credit_share_24h] =
      sumDay > 0 ? parties.creditSum(to, PARTY.creditIn, now) / sumDay : 0;
    f[PLACE.payee_out_sum_24h] = sumIn(words, at + PARTY.out, DAY, now);
    f[PLACE.payee_out_payees_24h] = distinctIn(words, at + PARTY.payees, DAY, now);
    f[PLACE.payee_refund_share] = countDay > 0 ? words.u32[at + PARTY.refundsOut] / countDay : 0;
  }

  #aboutPair(): void {
    const f = this.features;
    const { words } = this.pairs;
    const pair = this.#known(this.#from, this.#to);
    const at = pair * PAIR_WORDS;
    const counters = at + PAIR.counters;
    f[PLACE.pair_new] = pair === 0 ? 1 : 0;
    f[PLACE.pair_count_1h] = countIn(words, counters, HOUR, this.#now);
    f[PLACE.pair_count_24h] = countIn(words, counters, DAY, this.#now);
    f[PLACE.pair_sum_24h] = sumIn(words, counters, DAY, this.#now);
    f[PLACE.pair_times] = words.u32[at + PAIR.times];
  }

  #aboutDevice({ device, card, atS }: MoneyEvent): void {
    const f = this.features;
    const { devices, cards } = this;
    const from = this.#from;
    const ofDevice = device === 0 ? -1 : devices.find(device);
    f[PLACE.device_new] = ofDevice >= 0 && !devices.hasUser(ofDevice, from) ? 1 : 0;
    f[PLACE.device_users_1h] =
      ofDevice < 0 ? 0 : devices.usersWithin(ofDevice, WINDOW_S[HOUR], atS);
    f[PLACE.device_users_24h] =
      ofDevice < 0 ? 0 : devices.usersWithin(ofDevice, WINDOW_S[DAY], atS);
    const ofCard = card === 0 ? -1 : cards.find(card);
    f[PLACE.card_new] = ofCard >= 0 && !cards.hasUser(ofCard, from) ? 1 : 0;
    f[PLACE.card_users_24h] = ofCard < 0 ? 0 : cards.usersWithin(ofCard, WINDOW_S[DAY], atS);
  }

  /** The record of the pair, slid; 0 where there is none. */
  #known(from: number, to: number): number {
    const pair = from === 0 || to === 0 ? 0 : this.pairs.find(from, to);
    if (pair !== 0) this.pairs.slide(pair, this.#now);
    return pair;
  }

  #aboutGraph(event: MoneyEvent): void {
    const f = this.features;
    const { pairs, parties } = this;
    const { words } = parties;
    const from = this.#from;
    const to = this.#to;
    f[PLACE.payer_out_degree] = pairs.outDegree(from);
    f[PLACE.payer_in_degree] = pairs.inDegree(from);
    f[PLACE.payee_out_degree] = pairs.outDegree(to);
    f[PLACE.payee_in_degree] = pairs.inDegree(to);
    const reverse = pairs.outDegree(to) === 0 ? 0 : this.#known(to, from);
    const at = reverse * PAIR_WORDS;
    f[PLACE.reciprocal_sum_24h] = sumIn(pairs.words, at + PAIR.counters, DAY, this.#now);
    f[PLACE.reciprocal_times] = pairs.words.u32[at + PAIR.times];
    f[PLACE.payee_came_back] = words.f32[to * PARTY_WORDS + PARTY.cameBack];
    f[PLACE.payer_came_back] = words.f32[from * PARTY_WORDS + PARTY.cameBack];
    f[PLACE.component_size] = componentSize(parties, from);
    this.#walk(event);
  }

  /** The cheap features say whether a walk may find something. */
  #walk(event: MoneyEvent): void {
    const f = this.features;
    const from = this.#from;
    const to = this.#to;
    const isMoneyMoving = this.#mayComeBack(event);
    const isGroup =
      f[PLACE.is_pay] === 1 &&
      f[PLACE.payee_payers_24h] <= GROUP_PAYERS_MAX &&
      f[PLACE.payee_count_24h] >= GROUP_TIMES_MIN;
    const sources = f[PLACE.payer_in_degree];
    const isGathered =
      f[PLACE.is_transfer] === 1 &&
      sources > 0 &&
      sources <= SOURCES_MAX &&
      f[PLACE.payee_payers_24h] >= GATHERED_PAYERS_MIN;
    if (isMoneyMoving) this.#back.search(from, to, event.yuan);
    f[PLACE.closed_group] = isGroup && from !== 0 ? this.#groups.closed(from, to) : 0;
    f[PLACE.gathered_share] = isGathered ? this.#groups.gathered(from, to) : 0;
    f[PLACE.back_hops] = this.#back.hops;
    f[PLACE.back_share] = this.#back.share;
    f[PLACE.back_on_credit] = this.#back.onCredit ? 1 : 0;
    if (this.steps.taken > 0) this.walks++;
    if (this.steps.cut) this.cuts++;
  }

  /** Something like the amount went out from the payee and came in at the payer within a day. */
  #mayComeBack(event: MoneyEvent): boolean {
    if (this.#from === 0 || this.#to === 0) return false;
    const { words } = this.parties;
    const enough = event.yuan * MOVED_MIN;
    const paidAt = this.#to * PARTY_WORDS + PARTY.out;
    if (sumIn(words, paidAt, DAY, this.#now) < enough) return false;
    return sumIn(words, this.#from * PARTY_WORDS + PARTY.in, DAY, this.#now) >= enough;
  }

  /** Notes at whom the money passed first, where a ring from a credit payer closes with this event. */
  #noteMoneyBack(event: MoneyEvent): void {
    const judged = this.#judged;
    const isJudged =
      judged.from === event.from &&
      judged.to === event.to &&
      judged.yuan === event.yuan &&
      judged.atS === event.atS;
    judged.atS = -1;
    if (!isJudged) {
      this.#begin(event);
      if (!this.#mayComeBack(event)) return;
      this.#back.search(this.#from, this.#to, event.yuan);
    }
    if (!this.#back.onCredit) return;
    const { f32 } = this.parties.words;
    const first = this.#back.firstReceiver;
    f32[first * PARTY_WORDS + PARTY.cameBack] += event.yuan;
    if (first !== this.#from) f32[this.#from * PARTY_WORDS + PARTY.cameBack] += event.yuan;
  }

  #countPayer(from: number, event: MoneyEvent): void {
    if (from === 0) return;
    const { words, u16 } = this.parties;
    const at = from * PARTY_WORDS;
    addToCounters(words, at + PARTY.out, event.yuan);
    addAmount(u16, this.parties.amountsAt(from), event.yuan);
    words.u32[at + PARTY.timesOut]++;
    if (isNight(event.atS)) words.u32[at + PARTY.nightOut]++;
  }

  #countCredit(from: number, to: number, yuan: number): void {
    const { f32 } = this.parties.words;
    if (from !== 0) f32[from * PARTY_WORDS + PARTY.creditOut] += yuan;
    if (to !== 0) f32[to * PARTY_WORDS + PARTY.creditIn] += yuan;
  }

  #login(handsets: Handsets, key: number, user: number): void {
    const other = handsets.note(key, user, this.#now.atS);
    if (other !== 0) unite(this.parties, other, user);
  }

  /**
   * Counts at the pair. What the pair last dealt tells whether it is new to each window, and so the distinct counts of both ends are
   * exact without a set: nothing else has to remember who was there.
   */
  #deal(from: number, to: number, event: MoneyEvent): void {
    if (from === 0 || to === 0) return;
    const { pairs } = this;
    const now = this.#now;
    const known = pairs.find(from, to);
    const pair = known === 0 ? pairs.add(from, to, now) : known;
    if (known !== 0) pairs.slide(pair, now);
    const { u32 } = pairs.words;
    const at = pair * PAIR_WORDS;
    if (known === 0) {
      this.#noteNew(from, to, HOUR, 0);
      this.#noteNew(from, to, DAY, 0);
    } else if (now.passedSince(u32[at + PAIR.lastS])) {
      if (now.passed[HOUR] > 0) this.#noteNew(from, to, HOUR, now.passed[HOUR]);
      if (now.passed[DAY] > 0) this.#noteNew(from, to, DAY, now.passed[DAY]);
    }
    u32[at + PAIR.lastS] = now.atS;
    u32[at + PAIR.times]++;
    if (event.onCredit) u32[at + PAIR.credits]++;
    addToCounters(pairs.words, at + PAIR.counters, event.yuan);
  }

  /** The pair deals for the first time in this bucket of the window; it last did `passed` buckets ago, 0 = never. */
  #noteNew(from: number, to: number, window: number, passed: number): void {
    const { u32 } = this.parties.words;
    const block = (window - HOUR) * 3;
    const payees = from * PARTY_WORDS + PARTY.payees + block;
    const payers = to * PARTY_WORDS + PARTY.payers + block;
    u32[payees]++;
    u32[payers]++;
    if (passed === 1) {
      u32[payees + 2]++;
      u32[payers + 2]++;
    }
  }
}

function isNight(atS: number): boolean {
  return atS % WINDOW_S[DAY] < NIGHT_ENDS_S;
}

function smallerOver(one: number, other: number): number {
  const larger = Math.max(one, other);
  return larger === 0 ? 0 : Math.min(one, other) / larger;
}
