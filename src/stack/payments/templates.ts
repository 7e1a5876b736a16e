/**
 * Posting templates: an operation becomes legs. Debits are negative, credits positive, the legs of every branch
 * sum to zero, and a leg of zero is left out.
 *
 *   on one shard      payer -a            payee +(a - fee - commission)    fee +fee    platform +commission
 *   across shards     home:  user -a      clearing:peer@home +a
 *                     peer:  clearing:home@peer -a    payee +(a - fee - commission)    fee    platform
 *   (towards the user, for a refund, all signs of the amount turn and nothing is charged)
 *
 * Pure arithmetic on integers; the caller has checked accounts and amount.
 */

import { SYSTEM_ACCOUNT, systemAccount } from '../../wire/accounts.js';
import type { Legs } from './legs.js';
import { branchProductLegs, localProductLegs, productTemplate } from './product-legs.js';
import { type Rates, shareMinor } from './rates.js';
import type { Route } from './route.js';

/** All legs of an operation that stays on its home shard. */
export function localLegs(legs: Legs, route: Route, rates: Rates): void {
  const template = productTemplate(route.kind);
  if (template !== undefined) {
    localProductLegs(legs, route, template);
    return;
  }
  legs.clear();
  if (route.towardsUser) {
    legs.add(route.counterparty, -route.amountMinor);
    legs.add(route.user, route.amountMinor);
    return;
  }
  legs.add(route.user, -route.amountMinor);
  addPayee(legs, route, rates);
}

/** The user's side of an operation across shards. */
export function homeBranchLegs(legs: Legs, route: Route): void {
  const template = productTemplate(route.kind);
  if (template !== undefined) {
    branchProductLegs(legs, route, { template, side: 'home' });
    return;
  }
  const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + route.peer, route.home);
  const sign = route.towardsUser ? 1 : -1;
  legs.clear();
  legs.add(route.user, sign * route.amountMinor);
  legs.add(clearing, -sign * route.amountMinor);
}

/** The counterparty's side of an operation across shards. */
export function peerBranchLegs(legs: Legs, route: Route, rates: Rates): void {
  const template = productTemplate(route.kind);
  if (template !== undefined) {
    branchProductLegs(legs, route, { template, side: 'far' });
    return;
  }
  const clearing = systemAccount(SYSTEM_ACCOUNT.clearing + route.home, route.peer);
  legs.clear();
  if (route.towardsUser) {
    legs.add(route.counterparty, -route.amountMinor);
    legs.add(clearing, route.amountMinor);
    return;
  }
  legs.add(clearing, -route.amountMinor);
  addPayee(legs, route, rates);
}

function addPayee(legs: Legs, route: Route, rates: Rates): void {
  if (!route.charged) {
    legs.add(route.counterparty, route.amountMinor);
    return;
  }
  const fee = shareMinor(route.amountMinor, rates.feePer10k);
  const commission = shareMinor(route.amountMinor, rates.commissionPer10k);
  legs.add(route.counterparty, route.amountMinor - fee - commission);
  legs.add(systemAccount(SYSTEM_ACCOUNT.fee, route.peer), fee);
  legs.add(systemAccount(SYSTEM_ACCOUNT.platform, route.peer), commission);
}
