import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDataSource } from './data-source.js';
import { exactDecimal, exactInteger } from './exact-number.js';

describe('the address of a database', () => {
  it.each([
    [
      'postgres',
      'postgres://alice:p%40ss@127.0.0.1:6000/bank?sslmode=disable',
      { hostname: '127.0.0.1', port: 6000, user: 'alice', password: 'p@ss', database: 'bank' },
    ],
    ['postgres', 'postgresql://[::1]', { hostname: '::1', port: 5432, database: 'postgres' }],
    ['postgres', 'postgres://bob@localhost', { user: 'bob', database: 'bob', tls: 'off' }],
    ['postgres', 'postgres://db/x?sslmode=verify-full', { tls: 'checked' }],
    ['mysql', 'mysql://127.0.0.1/shop', { port: 3306, user: 'root', database: 'shop' }],
    [
      'mysql',
      'alice:a:b@c@tcp(127.0.0.1:3400)/shop',
      { hostname: '127.0.0.1', port: 3400, user: 'alice', password: 'a:b@c', database: 'shop' },
    ],
  ] as const)('of %s is read from %s', (dialect, address, expected) => {
    expect(parseDataSource(dialect, address)).toMatchObject(expected);
  });

  it.each([
    ['postgres', 'mysql://127.0.0.1/x', /postgres is written postgres:\/\//],
    ['mysql', '127.0.0.1:3306', /mysql is written mysql:\/\//],
    ['postgres', 'postgres://h/x?timezone=UTC', /no timezone=UTC; there is sslmode/],
    ['postgres', 'postgres://h/x?sslmode=never', /no sslmode=never/],
  ] as const)('of %s is refused: %s', (dialect, address, message) => {
    expect(() => parseDataSource(dialect, address)).toThrow(message);
  });
});

describe('a number of a database', () => {
  it('is a number where that is the same number, and a text otherwise', () => {
    expect(exactInteger('9007199254740991')).toBe(9007199254740991);
    expect(exactInteger('9007199254740992')).toBe('9007199254740992');
    expect(exactInteger('-9223372036854775808')).toBe('-9223372036854775808');
    expect(exactDecimal('0000012.50')).toBe(12.5);
    expect(exactDecimal('1234567890123.456')).toBe('1234567890123.456');
    expect(exactDecimal('NaN')).toBe('NaN');
  });

  it('of up to fifteen digits keeps each of them', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 14n), max: 10n ** 14n }), fc.nat(8), (whole, scale) => {
        const sign = whole < 0n ? '-' : '';
        const digits = String(whole < 0n ? -whole : whole).padStart(scale + 1, '0');
        const cut = digits.length - scale;
        const text = `${sign}${digits.slice(0, cut)}${scale > 0 ? `.${digits.slice(cut)}` : ''}`;
        const read = exactDecimal(text);
        expect(typeof read).toBe('number');
        expect(
          Number(read)
            .toFixed(scale)
            .replace(/^-(0[.0]*)$/, '$1'),
        ).toBe(text.replace(/^-(0[.0]*)$/, '$1'));
      }),
    );
  });
});
