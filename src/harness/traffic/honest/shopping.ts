/** What most people do: buy at merchants, busy ones more often, at times that suit them; now and then something is sent back. */
import { happens, logNormal, poisson, ranked } from '../chance.js';
import { timeOfDay } from '../day.js';
import type { MoveBook } from '../moves.js';
import type { Person, World } from '../world.js';

const REFUNDED = 0.04;
const REFUND_DELAY_S = 4 * 3600;
const AMOUNT_MIN = 100;
const FAVOURITE = 0.35;
const NEW_PHONE_A_DAY = 0.004;
/** Of the moves, those whose card is known to the merchant. */
const BY_CARD = 0.2;

export function shopping(world: World, book: MoveBook): void {
  const { random } = world;
  for (const person of world.people) {
    const favourite = ranked(random, world.merchants);
    for (let day = 0; day < world.days; day++) {
      if (happens(random, NEW_PHONE_A_DAY)) person.device = world.users + person.number;
      const times = poisson(random, Math.min(person.paysPerDay, 30));
      for (let i = 0; i < times; i++) {
        const merchant = happens(random, FAVOURITE) ? favourite : ranked(random, world.merchants);
        buy(world, book, { person, merchant, atS: timeOfDay(random, day, person.isNightOwl) });
      }
    }
  }
}

interface Purchase {
  readonly person: Person;
  readonly merchant: number;
  readonly atS: number;
}

export function buy(world: World, book: MoveBook, { person, merchant, atS }: Purchase): void {
  const { random, shops } = world;
  const price = logNormal(random, person.usualMinor * shops[merchant].priceFactor, 0.9);
  const amountMinor = Math.max(AMOUNT_MIN, Math.floor(price));
  const from = person.number;
  book.honest({
    kind: 'pay',
    from,
    to: merchant,
    device: person.device,
    card: happens(random, BY_CARD) ? person.card : 0,
    onCredit: happens(random, person.creditShare),
    amountMinor,
    atS,
  });
  if (!happens(random, REFUNDED)) return;
  const refundedS = atS + random.nextFloat() * REFUND_DELAY_S;
  book.honest({ kind: 'refund', from: merchant, to: from, amountMinor, atS: refundedS });
}
