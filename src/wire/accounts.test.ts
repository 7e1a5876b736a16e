import { expect, it } from 'vitest';
import {
  formatAccount,
  merchantAccount,
  merchantSubAccount,
  parseAccount,
  parseAnyAccount,
  SYSTEM_ACCOUNT,
  systemAccount,
  userAccount,
} from './accounts.js';

it.each([
  ['user:7', userAccount(7)],
  ['user:999999999', userAccount(999_999_999)],
  ['merchant:3', merchantAccount(3)],
  ['merchant:3@1', merchantSubAccount(3, 1)],
  ['fee@0', systemAccount(SYSTEM_ACCOUNT.fee, 0)],
  ['platform@127', systemAccount(SYSTEM_ACCOUNT.platform, 127)],
  ['bank@2', systemAccount(SYSTEM_ACCOUNT.bank, 2)],
  ['clearing:1@0', systemAccount(SYSTEM_ACCOUNT.clearing + 1, 0)],
])('%s is written and read back as one account', (text, id) => {
  expect(formatAccount(id)).toBe(text);
  expect(parseAnyAccount(text)).toBe(id);
});

it.each([
  '',
  'user',
  'user:0',
  'user:1000000000',
  'user:7@1',
  'merchant:0@1',
  'fee',
  'fee:1@0',
  'clearing@0',
  'fee@255',
])('%j is no account', (text) => {
  expect(parseAnyAccount(text)).toBeUndefined();
});

it('a client may name users and merchants only', () => {
  expect([parseAccount('fee@0'), parseAccount('merchant:3@1')]).toEqual([undefined, undefined]);
});
