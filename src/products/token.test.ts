import fc from 'fast-check';
import { expect, it, test } from 'vitest';
import { codeAt } from './code.js';
import { keyOfSeed, publicKeyOf, readToken, type Seen, signedToken, tokenKey } from './token.js';

const CODE = { stepS: 1, windowS: 120, secret: 'gate-test' };
const KIND = 112;
const NOW_MS = 1_764_500_000_000;
const KEY = tokenKey(CODE.secret);
const SEEN: Seen = { publicKey: publicKeyOf(KEY), shownMs: 120_000 };

const gate = (text: string, nowMs = NOW_MS) =>
  readToken(text, (kind) => (kind === KIND ? SEEN : undefined), nowMs);
const token = (user: number, unixMs = NOW_MS) => ({
  kind: KIND,
  user,
  id: codeAt(CODE, { user, unixMs }),
});
const TEXT = signedToken(token(7), KEY);

it('says who came and by which code, to whoever has the public key alone', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 32 - 1 }), (user) => {
      expect(gate(signedToken(token(user), KEY))).toEqual(token(user));
    }),
    { numRuns: 50 },
  );
});

it('is refused when any bit of it is another', () => {
  const bytes = Buffer.from(TEXT, 'base64url');
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const changed = Buffer.from(bytes);
    changed[bit >>> 3] ^= 1 << (bit & 7);
    const inVersion = bit < 8 && 'unknown_version';
    const inKind = bit < 16 && 'unknown_kind';
    expect(gate(changed.toString('base64url')), `bit ${bit}`).toBe(
      inVersion || inKind || 'bad_signature',
    );
  }
});

it.each([
  ['cut by a character', TEXT.slice(0, -1), 'cut'],
  ['empty', '', 'cut'],
  ['longer by a character', `${TEXT}A`, 'malformed'],
  ['in another alphabet', `+${TEXT.slice(1)}`, 'malformed'],
  ['another text of the same bytes', `${TEXT.slice(0, -1)}${nextCharacter(TEXT)}`, 'malformed'],
  ['signed by somebody else', signedToken(token(7), tokenKey('another')), 'bad_signature'],
  ['for another kind of gate', signedToken({ ...token(7), kind: KIND + 1 }, KEY), 'unknown_kind'],
  [
    'made two minutes and a second ahead',
    signedToken(token(7, NOW_MS + 121_000), KEY),
    'from_the_future',
  ],
  ['made two minutes and a second ago', signedToken(token(7, NOW_MS - 121_000), KEY), 'expired'],
])('is refused by name: %s', (_, text, problem) => {
  expect(gate(text)).toBe(problem);
});

it('is good at a gate whose clock is wrong by ninety seconds', () => {
  for (const skewMs of [-90_000, 90_000]) expect(gate(TEXT, NOW_MS + skewMs)).toEqual(token(7));
});

test('a seed has the public key that RFC 8032 gives it (7.1, test 1)', () => {
  const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
  const key = publicKeyOf(keyOfSeed(Buffer.from(seed, 'hex')));
  expect(key.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex')).toBe(
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  );
});

/** Of the last character, the spare bits set. */
function nextCharacter(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return alphabet[alphabet.indexOf(text.slice(-1)) + 1] ?? '';
}
