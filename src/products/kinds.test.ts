import { describe, expect, it } from 'vitest';
import { movesMoney, OPERATION_KINDS, type OperationKindRow } from '../wire/operation-kinds.js';
import { CATALOGUE, kindFlags, kindsWhere, operationKind } from './kinds.js';

/** What is in the wire's table, and what products add. */
const ALL: Readonly<Record<string, OperationKindRow>> = {
  ...OPERATION_KINDS,
  ...Object.fromEntries(CATALOGUE.kinds.map(({ name, row }) => [name, row])),
};

describe('the table of operation kinds', () => {
  it('gives every kind a number of its own that fits a byte, and finds it again', () => {
    const numbers = Object.values(ALL).map(({ number }) => number);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const [name, row] of Object.entries(ALL)) {
      expect(row.number).toBeGreaterThan(0);
      expect(row.number).toBeLessThan(256);
      expect(operationKind(row.number)).toMatchObject({ name, row });
    }
    expect(operationKind(0)).toBeUndefined();
  });

  it('lists and flags the same kinds', () => {
    const flags = kindFlags(movesMoney);
    const flagged = Object.entries(ALL).filter(([, { number }]) => flags[number] === 1);
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
      ...CATALOGUE.kinds.map(({ name }) => name),
    ]);
  });

  it('refers only to kinds that there are, and only where money can still move', () => {
    for (const { refersTo } of Object.values(ALL)) {
      for (const name of refersTo) {
        expect(ALL[name].effect).not.toBe('nothing');
      }
    }
  });
});
