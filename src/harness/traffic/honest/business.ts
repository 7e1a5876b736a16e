/**
 * What merchants do: settle with their owners every day, buy on credit at their own counter, pay salaries to many at once; and tenants who pay
 * one landlord on the first. Money comes back to who paid it on credit, and nobody cheats.
 */
import { between, happens, logNormal, someOf } from '../chance.js';
import { DAY_S, timeOfDay } from '../day.js';
import type { MoveBook } from '../moves.js';
import type { Shop, World } from '../world.js';

const SETTLED_AT_S = 2 * 3600;
const BUYS_FROM_OWN = 0.1;
const EMPLOYERS_OF = 0.02;
const LANDLORDS_OF = 0.0006;
const SMALL_FROM = 0.3;

export function business(world: World, book: MoveBook): void {
  const { random } = world;
  for (const shop of world.shops) {
    if (shop.number === 0) continue;
    for (let day = 0; day < world.days; day++) {
      settle(world, book, shop, day);
      if (happens(random, BUYS_FROM_OWN)) buyFromOwn(world, book, shop, day);
    }
    if (happens(random, EMPLOYERS_OF)) salaries(world, book, shop);
  }
  for (let i = 0; i < world.users * LANDLORDS_OF; i++) rents(world, book);
}

/** Small merchants take their money more often. */
function settle(world: World, book: MoveBook, shop: Shop, day: number): void {
  const { random } = world;
  const isSmall = shop.number > world.merchants * SMALL_FROM;
  for (let i = isSmall ? between(random, 1, 3) : 1; i > 0; i--) {
    const atS = i === 1 ? day * DAY_S + SETTLED_AT_S + random.int(1800) : timeOfDay(random, day);
    const amountMinor = Math.floor(logNormal(random, isSmall ? 60_000 : 900_000, 0.8));
    book.honest({ kind: 'payout', from: shop.number, to: shop.owner, amountMinor, atS });
  }
}

/** The owner pays at the own counter, and settles later that day. */
function buyFromOwn(world: World, book: MoveBook, shop: Shop, day: number): void {
  const { random, people } = world;
  const owner = people[shop.owner];
  const atS = timeOfDay(random, day);
  const amountMinor = Math.floor(logNormal(random, 20_000, 0.8));
  const onCredit = happens(random, owner.creditShare);
  const pay = { from: owner.number, to: shop.number, device: owner.device, onCredit };
  book.honest({ kind: 'pay', ...pay, amountMinor, atS });
  const settledS = atS + between(random, 1800, 8 * 3600);
  book.honest({ kind: 'payout', from: shop.number, to: owner.number, amountMinor, atS: settledS });
}

function salaries(world: World, book: MoveBook, shop: Shop): void {
  const { random, users } = world;
  const startS = timeOfDay(random, 0);
  for (const to of someOf(random, between(random, 20, 150), users)) {
    const amountMinor = Math.floor(logNormal(random, 300_000, 0.4));
    book.honest({
      kind: 'payout',
      from: shop.number,
      to,
      amountMinor,
      atS: startS + random.int(600),
    });
  }
}

function rents(world: World, book: MoveBook): void {
  const { random, people, users } = world;
  const landlord = between(random, 1, users);
  for (const from of someOf(random, between(random, 5, 40), users)) {
    if (from === landlord) continue;
    const amountMinor = Math.floor(logNormal(random, 150_000, 0.4));
    const move = { from, to: landlord, device: people[from].device, amountMinor };
    book.honest({ kind: 'transfer', ...move, atS: timeOfDay(random, 0) });
  }
}
