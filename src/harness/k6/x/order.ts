/**
 * The fields of an operation as a script writes them become the numbers of an operation record. Throws a TypeError that names
 * the call and the field. On the way of every payment: nothing is made here but numbers.
 */
import { merchantAccount, userAccount } from '../../../wire/accounts.js';
import { type OperationIdWords, parseOperationId } from '../../../wire/operation-id.js';
import { CHANNEL, type Channel } from '../../../wire/operations.js';
import type { OperationRef } from '../../ports/pay.js';

/** Of user and merchant numbers, and of seconds. */
export const NUMBER_MAX = 2 ** 32 - 1;

export function user(call: string, field: string, number: number): number {
  if (!Number.isInteger(number) || number < 1 || number > NUMBER_MAX)
    throw new TypeError(`${call}: ${field} must be the number of a user, from 1, got ${number}`);
  return userAccount(number);
}

export function merchant(call: string, number: number): number {
  if (!Number.isInteger(number) || number < 1 || number > NUMBER_MAX)
    throw new TypeError(
      `${call}: merchant must be the number of a merchant, from 1, got ${number}`,
    );
  return merchantAccount(number);
}

export function amount(call: string, amountMinor: number): number {
  if (!Number.isSafeInteger(amountMinor) || amountMinor < 0)
    throw new TypeError(
      `${call}: amountMinor must be a whole number of minor units, not negative, got ${amountMinor}`,
    );
  return amountMinor;
}

export function channelNumber(call: string, channel: Channel | undefined): number {
  switch (channel) {
    case undefined:
    case 'balance':
      return CHANNEL.balance;
    case 'huabei':
      return CHANNEL.huabei;
    case 'yuebao':
      return CHANNEL.yuebao;
    case 'bankCard':
      return CHANNEL.bankCard;
    case 'other':
      return CHANNEL.other;
    default:
      return refuseChannel(call, channel);
  }
}

function refuseChannel(call: string, channel: never): never {
  throw new TypeError(
    `${call}: no channel ${String(channel)}; there are ${Object.keys(CHANNEL).join(', ')}`,
  );
}

/** The result of an operation, or what was left of it on its way from setup(): its id as text. */
export type EarlierOperation =
  | OperationRef
  | (Omit<OperationRef, 'idWords'> & { readonly idWords?: undefined; readonly id: string });

export function reference(
  call: string,
  field: string,
  given: EarlierOperation | undefined,
): OperationRef {
  if (given?.idWords !== undefined) return given;
  const idWords = given === undefined ? undefined : operationId(call, given.id);
  if (given === undefined || idWords === undefined)
    throw new TypeError(`${call}: ${field} must be the result of an earlier operation`);
  const { account, amountMinor, counterparty } = given;
  for (const number of [account, amountMinor, counterparty])
    if (!Number.isSafeInteger(number))
      throw new TypeError(`${call}: ${field} must be the result of an earlier operation`);
  return { idWords, account, amountMinor, counterparty };
}

export function operationId(call: string, text: string | undefined): OperationIdWords | undefined {
  if (text === undefined) return undefined;
  const words = typeof text === 'string' ? parseOperationId(text) : undefined;
  if (words === undefined)
    throw new TypeError(`${call}: id must be the text of a UUID, got ${String(text)}`);
  return words;
}
