/** How the pages write the figures of an operation's life. Pure. */
import type { Figure, Leg } from '../verify/explain/operation-life.js';
import { clockText, moneyText } from '../verify/witness.js';

/** `12.34`; what is beyond exact numbers stays in minor units. */
export function amountText(minor: Figure): string {
  return typeof minor === 'number' ? moneyText(minor) : `${minor} minor units`;
}

/** `+12.34`, `-12.34`, `0.00`. */
export function signed(posting: Figure): string {
  const text = amountText(posting);
  return text.startsWith('-') || posting === 0 ? text : `+${text}`;
}

/** `mm:ss.mmm` on the drill's clock. */
export function momentText(us: Figure): string {
  return typeof us === 'number' && us >= 0 ? clockText(us) : `${us} us`;
}

/** `user:7 has 12.34 at version 3`. */
export function balanceWords({
  account,
  balance,
  version,
}: Pick<Leg, 'account' | 'balance' | 'version'>): string {
  return `${account} has ${amountText(balance)} at version ${version}`;
}
