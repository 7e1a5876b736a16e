import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from './digest.js';
import { FEATURES, type Feature, isFeature, PLACE } from './features.js';
import { type EngineOptions, EVENT_KIND, FusedEngine, type MoneyEvent } from './fused-engine.js';
import { NaiveEngine } from './testing/naive-engine.js';

const USERS = 30;
const MERCHANTS = 10;
const user = (number: number): number => number;
const merchant = (number: number): number => USERS + number;

const BLANK: MoneyEvent = {
  kind: EVENT_KIND.pay,
  from: 0,
  to: 0,
  device: 0,
  card: 0,
  onCredit: false,
  yuan: 100,
  atS: 0,
};

function engineOf(options: Partial<EngineOptions> = {}) {
  return new FusedEngine({
    users: USERS,
    merchants: MERCHANTS,
    pairsMax: 1000,
    handsetsMax: 20,
    ...options,
  });
}

function judged(engine: FusedEngine, event: Partial<MoneyEvent>): (feature: Feature) => number {
  engine.judge({ ...BLANK, ...event });
  return (feature) => engine.features[PLACE[feature]];
}

/** Times go on by seconds, minutes, hours and days; amounts are small, so that f32 sums are exact. */
const anyEvents = fc
  .array(
    fc.record({
      kind: fc.constantFrom(...Object.values(EVENT_KIND)),
      payer: fc.integer({ min: 1, max: 5 }),
      payee: fc.integer({ min: 1, max: 5 }),
      deviceNumber: fc.integer({ min: 0, max: 3 }),
      cardNumber: fc.integer({ min: 0, max: 2 }),
      onCredit: fc.boolean(),
      yuan: fc.integer({ min: 1, max: 300 }),
      passedS: fc.oneof(
        fc.integer({ min: 0, max: 90 }),
        fc.integer({ min: 0, max: 4000 }),
        fc.integer({ min: 0, max: 90_000 }),
      ),
      went: fc.boolean(),
    }),
    { maxLength: 40, size: 'max' },
  )
  .map((rows) => {
    let atS = 0;
    return rows.map(({ payer, payee, deviceNumber, cardNumber, passedS, went, ...row }) => {
      atS += passedS;
      const isTransfer = row.kind === EVENT_KIND.transfer;
      const isPay = row.kind === EVENT_KIND.pay;
      const from = isPay || isTransfer ? user(payer) : merchant(payer);
      const other = payee === payer ? (payee % 5) + 1 : payee;
      const to = isPay ? merchant(payee) : user(isTransfer ? other : payee);
      const isUser = isPay || isTransfer;
      const place = isUser ? { device: deviceNumber, card: cardNumber } : { device: 0, card: 0 };
      return { event: { ...row, ...place, from, to, atS }, went };
    });
  });

describe('the fused engine', () => {
  it('says what counting everything again from the beginning says', () => {
    fc.assert(
      fc.property(anyEvents, (rows) => {
        const engine = engineOf({ stepsMax: 100_000 });
        const naive = new NaiveEngine();
        for (const { event, went } of rows) {
          engine.judge(event);
          for (const [name, expected] of Object.entries(naive.judge(event))) {
            const place = isFeature(name) ? PLACE[name] : -1;
            if (name === 'back_hops') {
              expect(engine.features[place] > 0).toBe(expected > 0);
              expect(engine.features[place]).toBeGreaterThanOrEqual(expected);
            } else {
              expect({ [name]: engine.features[place] }).toEqual({
                [name]: expect.closeTo(expected, 5),
              });
            }
          }
          if (!went) continue;
          engine.apply(event);
          naive.apply(event);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('has the state that telling it again only what went gives', () => {
    fc.assert(
      fc.property(anyEvents, (rows) => {
        const bounds = { pairsMax: 12, stepsMax: 9 };
        const live = engineOf(bounds);
        const rebuilt = engineOf(bounds);
        for (const { event, went } of rows) {
          live.judge(event);
          if (went) live.apply(event);
        }
        for (const { event, went } of rows) if (went) rebuilt.apply(event);
        const atS = (rows.at(-1)?.event.atS ?? 0) + 30;
        expect(digestOf(rebuilt, atS)).toBe(digestOf(live, atS));
        live.apply({ ...BLANK, from: user(1), to: merchant(1), atS });
        expect(digestOf(rebuilt, atS)).not.toBe(digestOf(live, atS));
      }),
    );
  });

  it('sees credit that comes back by way of a merchant and a mule', () => {
    const engine = engineOf();
    engine.apply({ ...BLANK, from: user(1), to: merchant(1), onCredit: true, yuan: 1000 });
    engine.apply({
      ...BLANK,
      kind: EVENT_KIND.payout,
      from: merchant(1),
      to: user(2),
      yuan: 950,
      atS: 60,
    });
    const event = { kind: EVENT_KIND.transfer, from: user(2), to: user(1), yuan: 900, atS: 120 };
    const feature = judged(engine, event);
    expect(feature('back_hops')).toBe(3);
    expect(feature('back_on_credit')).toBe(1);
    expect(feature('back_share')).toBe(1);
    engine.apply({ ...BLANK, ...event });
    expect(judged(engine, { from: user(3), to: merchant(1), atS: 180 })('payee_came_back')).toBe(
      900,
    );
  });

  it('sees a ring of four, and none of five', () => {
    const engine = engineOf();
    const kind = EVENT_KIND.transfer;
    for (const [from, to] of [
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]) {
      engine.apply({ ...BLANK, kind, from: user(from), to: user(to) });
    }
    expect(judged(engine, { kind, from: user(4), to: user(1) })('back_hops')).toBe(4);
    expect(judged(engine, { kind, from: user(5), to: user(1) })('back_hops')).toBe(0);
  });

  it('has a place for every feature, one after the other', () => {
    expect(FEATURES.map((name) => PLACE[name])).toEqual([...FEATURES.keys()]);
  });

  it('takes no way against time, and no way that carried little', () => {
    const early = engineOf();
    early.apply({ ...BLANK, kind: EVENT_KIND.payout, from: merchant(1), to: user(2), yuan: 950 });
    early.apply({ ...BLANK, from: user(1), to: merchant(1), onCredit: true, yuan: 1000, atS: 60 });
    const back = { kind: EVENT_KIND.transfer, from: user(2), to: user(1), yuan: 900, atS: 120 };
    expect(judged(early, back)('back_hops')).toBe(0);
    const small = engineOf();
    small.apply({ ...BLANK, from: user(1), to: merchant(1), onCredit: true, yuan: 1000 });
    small.apply({
      ...BLANK,
      kind: EVENT_KIND.payout,
      from: merchant(1),
      to: user(2),
      yuan: 200,
      atS: 60,
    });
    small.apply({
      ...BLANK,
      kind: EVENT_KIND.payout,
      from: merchant(2),
      to: user(2),
      yuan: 800,
      atS: 61,
    });
    expect(judged(small, back)('back_hops')).toBe(0);
  });

  it('takes a refund for no way of money', () => {
    const engine = engineOf();
    engine.apply({ ...BLANK, from: user(1), to: merchant(1), onCredit: true, yuan: 1000 });
    engine.apply({
      ...BLANK,
      kind: EVENT_KIND.refund,
      from: merchant(1),
      to: user(1),
      yuan: 1000,
      atS: 60,
    });
    const feature = judged(engine, { from: user(1), to: merchant(1), yuan: 1000, atS: 120 });
    expect(feature('back_hops')).toBe(0);
    expect(feature('payer_refund_share')).toBe(1);
  });

  it('sees a group of payers who pay the same merchants, and one who gathers from one source', () => {
    const engine = engineOf();
    for (const payer of [1, 2, 3, 4]) {
      for (const payee of [1, 2, 3])
        engine.apply({ ...BLANK, from: user(payer), to: merchant(payee) });
    }
    for (let i = 0; i < 3; i++) engine.apply({ ...BLANK, from: user(1), to: merchant(1) });
    expect(judged(engine, { from: user(1), to: merchant(1) })('closed_group')).toBe(1);
    for (const mule of [11, 12, 13, 14]) {
      const kind = EVENT_KIND.transfer;
      engine.apply({ ...BLANK, kind, from: user(10), to: user(mule) });
      if (mule < 14) engine.apply({ ...BLANK, kind, from: user(mule), to: user(20) });
    }
    const last = { kind: EVENT_KIND.transfer, from: user(14), to: user(20) };
    expect(judged(engine, last)('gathered_share')).toBe(1);
    expect(judged(engine, last)('component_size')).toBe(6);
  });

  it('answers with what it has when its steps are spent, and says so', () => {
    const engine = engineOf({ stepsMax: 3 });
    engine.apply({ ...BLANK, from: user(1), to: merchant(1), onCredit: true, yuan: 1000 });
    engine.apply({ ...BLANK, kind: EVENT_KIND.payout, from: merchant(1), to: user(2), yuan: 900 });
    for (const payee of [2, 3, 4, 5])
      engine.apply({ ...BLANK, from: user(1), to: merchant(payee) });
    const back = { kind: EVENT_KIND.transfer, from: user(2), to: user(1), yuan: 100 };
    expect(judged(engine, back)('back_hops')).toBe(0);
    expect(engine.steps.cut).toBe(true);
    expect(engine.cuts).toBe(1);
  });

  it('knows nothing of parties that were never opened, and mixes them up with nobody', () => {
    const engine = engineOf();
    const outside = engine.parties.user(USERS + 1);
    for (let i = 0; i < 3; i++)
      engine.apply({ ...BLANK, from: outside, to: merchant(1), device: 1 });
    const feature = judged(engine, { from: outside, to: merchant(1), device: 1 });
    expect(feature('payer_count_24h')).toBe(0);
    expect(feature('payee_count_24h')).toBe(3);
    expect(feature('payee_payers_24h')).toBe(0);
    expect(feature('device_users_24h')).toBe(0);
  });

  it('counts the users of a device to six, and forgets the one seen longest ago', () => {
    const engine = engineOf();
    for (let payer = 1; payer <= 8; payer++) {
      engine.apply({ ...BLANK, from: user(payer), to: merchant(1), device: 9, atS: payer * 1000 });
    }
    const event = { to: merchant(1), device: 9, atS: 8001 };
    expect(judged(engine, { ...event, from: user(2) })('device_new')).toBe(1);
    expect(judged(engine, { ...event, from: user(3) })('device_new')).toBe(0);
    expect(judged(engine, { ...event, from: user(3) })('device_users_24h')).toBe(6);
    expect(judged(engine, { ...event, from: user(3) })('device_users_1h')).toBe(4);
    expect(judged(engine, { ...event, from: user(8) })('component_size')).toBe(8);
  });

  it('counts the devices that it has no room for', () => {
    const engine = engineOf({ handsetsMax: 2 });
    for (let device = 1; device <= 5; device++) {
      engine.apply({ ...BLANK, from: user(1), to: merchant(1), device });
    }
    expect(engine.devices.unwatched).toBe(3);
    expect(judged(engine, { from: user(1), to: merchant(1), device: 2 })('device_new')).toBe(0);
    expect(judged(engine, { from: user(1), to: merchant(1), device: 5 })('device_new')).toBe(1);
  });
});
