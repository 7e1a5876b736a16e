import { describe, expect, it } from 'vitest';
import { kindFlags, kindsWhere, operationKind } from './kinds.js';
import { movesMoney, OPERATION_KINDS } from '../wire/operation-kinds.js';

describe('the table of operation kinds', () => {
  it('gives every kind a number of its own that fits a byte, and finds it again', () => {
    const numbers = Object.values(OPERATION_KINDS).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [name, row] of Object.entries(OPERATION_KINDS)) {
      expect(row.number).toBeGreaterThan(0);
      expect(row.number).toBeLessThan(256);
      expect(operationKind(row.number)).toEqual({ name, row });
    }
    expect(operationKind(0)).toBeUndefined();
  });

  it('lists and flags the same kinds', () => {
    const flags = kindFlags(movesMoney);
    const flagged = Object.entries(OPERATION_KINDS).filter(([, { number }]) => flags[number] === 1);
    expect(flagged.map(([name]) => name)).toEqual(kindsWhere(movesMoney));
    expect(kindsWhere(movesMoney)).toEqual([
      'pay',
      'transfer',
      'topUp',
      'refund',
      'hold',
      'capture',
      'void',
      'withdraw',
      'entry',
    ]);
  });

  it('refers only to kinds that there are, and only where money can still move', () => {
    for (const { refersTo } of Object.values(OPERATION_KINDS)) {
      for (const name of refersTo) {
        expect(OPERATION_KINDS[name].effect).not.toBe('nothing');
      }
    }
  });
});
