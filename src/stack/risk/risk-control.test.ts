import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KIND_NUMBERS, kindsWhere } from '../../products/kinds.js';
import { writeUint64 } from '../../wire/bytes.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';
import { resultName } from '../../wire/results.js';
import { RiskControl, type RiskLimits } from './risk-control.js';
import { BUCKETS, Velocity } from './velocity.js';

interface Payment {
  readonly kind?: string;
  readonly payer?: number;
  readonly amountMinor?: number;
}

function verdict(risk: RiskControl, payment: Payment, nowMs: number): string {
  const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  record.setUint8(OP.kind, KIND_NUMBERS[payment.kind ?? 'pay']);
  writeUint64(record, OP.account, payment.payer ?? 7);
  writeUint64(record, OP.amount, payment.amountMinor ?? 100);
  const code = risk.check(record, 0, nowMs);
  return code === 0 ? 'goes' : (resultName(code) ?? String(code));
}

const LIMITS: RiskLimits = {
  amountMinorMax: 1000,
  velocity: [{ windowMs: 60_000, countMax: 3, amountMinorMax: 1500 }],
};

describe('risk control', () => {
  it('declines an amount over the limit, and one at the limit goes', () => {
    const risk = new RiskControl(LIMITS, 64);
    expect(verdict(risk, { amountMinor: 1000 }, 0)).toBe('goes');
    expect(verdict(risk, { amountMinor: 1001 }, 0)).toBe('risk_amount_limit');
  });

  it('declines the payment after the last that fits the window, and lets go when the window has passed', () => {
    const risk = new RiskControl(LIMITS, 64);
    for (let i = 0; i < 3; i++) expect(verdict(risk, {}, i * 1000)).toBe('goes');
    expect(verdict(risk, {}, 4000)).toBe('risk_velocity_count');
    expect(verdict(risk, { payer: 8 }, 4000)).toBe('goes');
    expect(verdict(risk, {}, 61_000)).toBe('goes');
  });

  it('declines more money than the window allows and does not count what it declined', () => {
    const risk = new RiskControl(LIMITS, 64);
    expect(verdict(risk, { amountMinor: 900 }, 0)).toBe('goes');
    expect(verdict(risk, { amountMinor: 700 }, 0)).toBe('risk_velocity_amount');
    expect(verdict(risk, { amountMinor: 600 }, 0)).toBe('goes');
  });

  it('looks at every kind that says so of itself, those of products too', () => {
    const judged = kindsWhere(({ judgedByRisk }) => judgedByRisk);
    expect(judged).toContain('huabei.pay');
    for (const kind of judged) {
      const risk = new RiskControl(LIMITS, 64);
      expect(verdict(risk, { kind, amountMinor: 1001 }, 0), kind).toBe('risk_amount_limit');
    }
  });

  it('looks only at operations that take money from a payer', () => {
    const risk = new RiskControl(LIMITS, 64);
    const free = ['topUp', 'refund', 'capture', 'void', 'balance', 'lookup'];
    for (const kind of free) expect(verdict(risk, { kind, amountMinor: 5000 }, 0)).toBe('goes');
    for (const kind of ['pay', 'transfer', 'hold'] as const) {
      expect(verdict(risk, { kind, amountMinor: 5000 }, 0)).toBe('risk_amount_limit');
    }
  });
});

describe('velocity', () => {
  it('counts like a list of payments whose bucket is still in the window', () => {
    const step = fc.record({
      payer: fc.integer({ min: 1, max: 3 }),
      passedMs: fc.integer({ min: 0, max: 40_000 }),
      amountMinor: fc.integer({ min: 1, max: 2 ** 48 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const velocity = new Velocity({ windowsMs: [60_000, 6000], payers: 3 });
        const paid: { payer: number; atMs: number; amountMinor: number }[] = [];
        let nowMs = 1e7;
        for (const { payer, passedMs, amountMinor } of steps) {
          nowMs += passedMs;
          const place = velocity.find(payer, nowMs);
          for (const [window, bucketMs] of [60_000 / BUCKETS, 6000 / BUCKETS].entries()) {
            const first = Math.floor(nowMs / bucketMs) - (BUCKETS - 1);
            const kept = paid.filter(
              (one) => one.payer === payer && Math.floor(one.atMs / bucketMs) >= first,
            );
            expect(velocity.count(place, window)).toBe(kept.length);
            expect(velocity.sumMinor(place, window)).toBe(
              kept.reduce((sum, one) => sum + one.amountMinor, 0),
            );
          }
          velocity.add(place, amountMinor);
          paid.push({ payer, atMs: nowMs, amountMinor });
        }
      }),
    );
  });

  it('counts more than 65,535 payments of one payer in a part of a window', () => {
    const velocity = new Velocity({ windowsMs: [60_000], payers: 1 });
    const place = velocity.find(1, 1e7);
    for (let i = 0; i < 70_000; i++) velocity.add(place, 1);
    expect(velocity.count(place, 0)).toBe(70_000);
  });
});

/** Where a payer stood when its place was chosen by this hash, in sets of four of 262,144 places. */
function formerSet(payer: number): number {
  let h = Math.imul(payer, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return (h ^ (h >>> 13)) & 0xffff;
}

function sameFormerSet(payers: number): number[] {
  const chosen: number[] = [];
  for (let payer = 1; payer <= payers; payer++) if (formerSet(payer) === 7) chosen.push(payer);
  return chosen;
}

describe('a night of a million payers', () => {
  const PAYERS = 1_000_000;
  const strided = Array.from({ length: 3000 }, (_, i) => 1 + i * 256);
  const last = Array.from({ length: 3000 }, (_, i) => PAYERS - i);

  it.each([
    ['that fell into one set of a hash table', sameFormerSet(PAYERS)],
    ['whose numbers are alike in their low byte', strided],
    ['with the highest numbers', last],
  ])('forgets none of those %s', (_, payers) => {
    const risk = new RiskControl(LIMITS, PAYERS);
    expect(payers.length).toBeGreaterThan(4);
    for (let turn = 0; turn < 3; turn++) {
      for (const payer of payers) expect(verdict(risk, { payer }, turn)).toBe('goes');
    }
    for (const payer of payers) expect(verdict(risk, { payer }, 4)).toBe('risk_velocity_count');
    expect(risk.unwatched).toBe(0);
    expect(risk.shortfall).toBeUndefined();
  });

  it('forgets nobody when every one of them pays', () => {
    const risk = new RiskControl(
      { ...LIMITS, velocity: [{ ...LIMITS.velocity[0], countMax: 1 }] },
      PAYERS,
    );
    const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
    record.setUint8(OP.kind, OPERATION_KIND.pay);
    writeUint64(record, OP.amount, 100);
    let went = 0;
    for (let turn = 0; turn < 2; turn++) {
      for (let payer = 1; payer <= PAYERS; payer++) {
        record.setUint32(OP.account, payer, true);
        if (risk.check(record, 0, 1000) === 0) went++;
      }
    }
    expect(went).toBe(PAYERS);
  });

  it('says for whom it has no memory, lets them go and counts it', () => {
    const risk = new RiskControl({ ...LIMITS, windowBytesMax: 64 * 1000 }, 1200);
    expect(risk.shortfall).toBe(
      'risk control has windows for payers 1 to 1000 in its 64000 bytes, and none for 1001 to 1200',
    );
    for (let i = 0; i < 5; i++) expect(verdict(risk, { payer: 1001 }, i)).toBe('goes');
    expect(verdict(risk, { payer: 1001, amountMinor: 1001 }, 6)).toBe('risk_amount_limit');
    expect(risk.unwatched).toBe(5);
    for (let i = 0; i < 3; i++) expect(verdict(risk, { payer: 1000 }, i)).toBe('goes');
    expect(verdict(risk, { payer: 1000 }, 4)).toBe('risk_velocity_count');
  });

  it('leaves payers that were never opened to the ledger, which does not know them', () => {
    const risk = new RiskControl(LIMITS, 10);
    for (let i = 0; i < 9; i++) expect(verdict(risk, { payer: 4_000_000_000 }, i)).toBe('goes');
    expect(risk.unwatched).toBe(0);
  });
});
