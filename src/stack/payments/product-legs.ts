/**
 * Legs of a product's operation, out of its templates: on one shard all of them in their order; across shards those of each side, and the
 * clearing account of the other shard takes what is missing to zero. Pure arithmetic; the caller has checked accounts and amount.
 */
import { productAccount, shardAccount } from '../../products/account-names.js';
import type { CompiledLeg, Side } from '../../products/catalogue.js';
import { productKind } from '../../products/kinds.js';
import { SLOT_UNIT, SYSTEM_ACCOUNT, systemAccount } from '../../wire/accounts.js';
import type { Legs } from './legs.js';
import type { Route } from './route.js';

/** By kind; undefined for kinds that are no product's. */
const TEMPLATES: readonly (readonly CompiledLeg[] | undefined)[] = Array.from(
  { length: 256 },
  (_, kind) => productKind(kind)?.legs,
);

export function productTemplate(kind: number): readonly CompiledLeg[] | undefined {
  return TEMPLATES[kind];
}

export function localProductLegs(legs: Legs, route: Route, template: readonly CompiledLeg[]): void {
  legs.clear();
  for (const leg of template) add(legs, leg, route);
}

/** One side of an operation across shards. */
export function branchProductLegs(
  legs: Legs,
  route: Route,
  { template, side }: { readonly template: readonly CompiledLeg[]; readonly side: Side },
): void {
  legs.clear();
  let sum = 0;
  for (const leg of template) {
    if (leg.account.on !== side) continue;
    sum += add(legs, leg, route);
  }
  const [shard, other] = side === 'home' ? [route.home, route.peer] : [route.peer, route.home];
  legs.add(systemAccount(SYSTEM_ACCOUNT.clearing + other, shard), -sum);
}

/** Minor units of the leg. */
function add(legs: Legs, leg: CompiledLeg, route: Route): number {
  if (leg.rest === 'more') {
    legs.fill(accountOf(leg, route));
    return 0;
  }
  const amount = leg.amount.of(route.amountMinor, route.details);
  legs.add(accountOf(leg, route), amount);
  return amount;
}

function accountOf({ account }: CompiledLeg, route: Route): number {
  const isHome = account.on === 'home';
  switch (account.of) {
    case 'party':
      return isHome ? route.user : route.counterparty;
    case 'user':
      return productAccount(account.class, isHome ? route.user : route.counterparty);
    case 'merchant':
      return productAccount(account.class, route.counterparty % SLOT_UNIT);
    case 'shard':
      return shardAccount(account.class, isHome ? route.home : route.peer);
    default:
      return systemAccount(account.number, isHome ? route.home : route.peer);
  }
}
