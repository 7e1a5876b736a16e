import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../products/kinds.js';
import { type CodeOrder, ProductCodes } from './product-codes.js';

const codesOf = (name: string) =>
  new ProductCodes(
    name,
    CATALOGUE.kinds.filter(({ product }) => product.name === name),
  );
const transit = codesOf('transit');
const ENTER = { of: 'enter', user: 7, station: 12 };

it('a token says at the gate who came, where and by which code', () => {
  const seen = transit.readToken(transit.token(ENTER), { of: 'enter' });
  expect(seen).toMatchObject({ user: 7, details: { station: 12 } });
  if (seen.problem !== undefined) throw new Error(seen.problem);
  expect(seen.madeMs % 1000).toBe(0);
  expect(Number.parseInt(seen.id.replaceAll('-', '').slice(0, 12), 16)).toBe(seen.madeMs);
});

it('clocks that are wrong together agree, and apart do not', () => {
  const token = transit.token({ ...ENTER, skewS: -7_000 });
  expect(transit.readToken(token, { of: 'enter', skewS: -7_060 }).problem).toBe(undefined);
  expect(transit.readToken(token, { of: 'enter' }).problem).toBe('expired');
  expect(transit.readToken(token, { of: 'enter', skewS: -8_000 }).problem).toBe('from_the_future');
  expect(transit.readToken(token, { of: 'exit', skewS: -7_000 }).problem).toBe('unknown_kind');
});

it('where one operation alone has codes it need not be named, and unsigned ones are no tokens', () => {
  const qr = codesOf('qr');
  expect(qr.methods).toEqual(['code']);
  expect(qr.code({ user: 7 })).toMatch(/^[0-9a-f-]{36}$/);
  expect(() => qr.token({ user: 7 })).toThrow('qr.token: codes of qr.pay are not signed');
  expect(codesOf('loan').methods).toEqual([]);
});

describe('an order is refused by name for', () => {
  it.each<readonly [string, CodeOrder, string]>([
    ['no operation', { user: 7, station: 1 }, 'of must be one of enter, exit, got undefined'],
    ['one without codes', { ...ENTER, of: 'lapse' }, 'of must be one of enter, exit, got lapse'],
    ['nobody', { ...ENTER, user: 0 }, 'transit.code: user must be'],
    ['no station', { of: 'enter', user: 7 }, 'transit.enter: station must be a whole number'],
    ['half a station', { ...ENTER, station: 1.5 }, 'transit.enter: station must be a whole number'],
    ['a station that there is not', { ...ENTER, station: 63 }, 'station < stations must not be 0'],
    ['a clock that is no number', { ...ENTER, skewS: Number.NaN }, 'transit.code: skewS must be'],
    ['a clock of another age', { ...ENTER, skewS: 1e12 }, 'transit.code: skewS must be'],
  ])('%s', (_, order, problem) => {
    expect(() => transit.code(order)).toThrow(problem);
  });

  it('what is no text', () => {
    const nothing: unknown = undefined;
    expect(() => transit.readToken(nothing as string, { of: 'enter' })).toThrow(
      'transit.readToken: a token is a text, got undefined',
    );
  });
});
