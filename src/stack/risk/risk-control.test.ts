import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeUint64 } from '../../wire/bytes.js';
import type { OperationKind } from '../../wire/operation-kinds.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../wire/operations.js';
import { resultName } from '../../wire/results.js';
import { RiskControl, type RiskLimits } from './risk-control.js';
import { BUCKETS, Velocity } from './velocity.js';

interface Payment {
  readonly kind?: OperationKind;
  readonly payer?: number;
  readonly amountMinor?: number;
}

function verdict(risk: RiskControl, payment: Payment, nowMs: number): string {
  const record = new DataView(new ArrayBuffer(OPERATION_BYTES));
  record.setUint8(OP.kind, OPERATION_KIND[payment.kind ?? 'pay']);
  writeUint64(record, OP.account, payment.payer ?? 7);
  writeUint64(record, OP.amount, payment.amountMinor ?? 100);
  const code = risk.check(record, 0, nowMs);
  return code === 0 ? 'goes' : (resultName(code) ?? String(code));
}

const LIMITS: RiskLimits = {
  amountMinorMax: 1000,
  velocity: [{ windowMs: 60_000, countMax: 3, amountMinorMax: 1500 }],
  payersMax: 64,
};

describe('risk control', () => {
  it('declines an amount over the limit, and one at the limit goes', () => {
    const risk = new RiskControl(LIMITS);
    expect(verdict(risk, { amountMinor: 1000 }, 0)).toBe('goes');
    expect(verdict(risk, { amountMinor: 1001 }, 0)).toBe('risk_amount_limit');
  });

  it('declines the payment after the last that fits the window, and lets go when the window has passed', () => {
    const risk = new RiskControl(LIMITS);
    for (let i = 0; i < 3; i++) expect(verdict(risk, {}, i * 1000)).toBe('goes');
    expect(verdict(risk, {}, 4000)).toBe('risk_velocity_count');
    expect(verdict(risk, { payer: 8 }, 4000)).toBe('goes');
    expect(verdict(risk, {}, 61_000)).toBe('goes');
  });

  it('declines more money than the window allows and does not count what it declined', () => {
    const risk = new RiskControl(LIMITS);
    expect(verdict(risk, { amountMinor: 900 }, 0)).toBe('goes');
    expect(verdict(risk, { amountMinor: 700 }, 0)).toBe('risk_velocity_amount');
    expect(verdict(risk, { amountMinor: 600 }, 0)).toBe('goes');
  });

  it('looks only at operations that take money from a payer', () => {
    const risk = new RiskControl(LIMITS);
    const free: OperationKind[] = ['topUp', 'refund', 'capture', 'void', 'balance', 'lookup'];
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
        const velocity = new Velocity({ windowsMs: [60_000, 6000], payersMax: 16 });
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

  it('forgets whoever was idle longest when there are more payers than room, and mixes nobody up', () => {
    const velocity = new Velocity({ windowsMs: [60_000], payersMax: 64 });
    for (let payer = 1; payer <= 1000; payer++) {
      const place = velocity.find(payer, payer);
      expect(velocity.count(place, 0)).toBe(0);
      velocity.add(place, payer);
    }
    const place = velocity.find(1000, 1001);
    expect(velocity.count(place, 0)).toBe(1);
    expect(velocity.sumMinor(place, 0)).toBe(1000);
  });
});
