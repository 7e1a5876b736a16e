/**
 * Money between people who know each other: bills that are shared, money back, family support, red packets in the evening, one who collects for a
 * trip and pays for all. It makes cycles, fan-out and fan-in that are nobody's crime.
 */
import { between, happens, logNormal, oneOf, poisson, ranked } from '../chance.js';
import { DAY_S, timeOfDay } from '../day.js';
import type { MoveBook } from '../moves.js';
import type { Person, World } from '../world.js';
import { buy } from './shopping.js';

const TRANSFERS_A_DAY = 0.5;
const PAID_BACK = 0.3;
const PASSED_ON = 0.1;
const RED_PACKETS_A_DAY = 0.02;
const COLLECTS_A_DAY = 0.003;
const EVENING_S = 19 * 3600;

export function friends(world: World, book: MoveBook): void {
  const { random } = world;
  for (const person of world.people) {
    if (person.number === 0) continue;
    for (let day = 0; day < world.days; day++) {
      for (let i = poisson(random, TRANSFERS_A_DAY); i > 0; i--) share(world, book, person, day);
      if (happens(random, RED_PACKETS_A_DAY)) redPackets(world, book, person, day);
      if (happens(random, COLLECTS_A_DAY)) collect(world, book, person, day);
    }
  }
}

interface Transfer {
  readonly from: Person;
  readonly to: number;
  readonly amountMinor: number;
  readonly atS: number;
}

function transfer(book: MoveBook, { from, to, amountMinor, atS }: Transfer): void {
  const whole = Math.max(100, Math.floor(amountMinor));
  book.honest({
    kind: 'transfer',
    from: from.number,
    to,
    device: from.device,
    amountMinor: whole,
    atS,
  });
}

/** A bill, sometimes paid back, sometimes passed on to a third. */
function share(world: World, book: MoveBook, from: Person, day: number): void {
  const { random, people } = world;
  const to = oneOf(random, from.friends);
  const amountMinor = logNormal(random, 8000, 1.1);
  const atS = timeOfDay(random, day, from.isNightOwl);
  transfer(book, { from, to, amountMinor, atS });
  const friend = people[to];
  if (happens(random, PAID_BACK)) {
    const backMinor = amountMinor * oneOf(random, [0.5, 1, 1]);
    transfer(book, {
      from: friend,
      to: from.number,
      amountMinor: backMinor,
      atS: atS + between(random, 60, 6 * 3600),
    });
  }
  if (happens(random, PASSED_ON)) {
    const third = oneOf(random, friend.friends);
    const onMinor = amountMinor * (0.5 + random.nextFloat() / 2);
    transfer(book, {
      from: friend,
      to: third,
      amountMinor: onMinor,
      atS: atS + between(random, 300, 3600),
    });
  }
}

function redPackets(world: World, book: MoveBook, from: Person, day: number): void {
  const { random, people, users } = world;
  const startS = day * DAY_S + EVENING_S + between(random, 0, 3 * 3600);
  for (let i = between(random, 5, 20); i > 0; i--) {
    const near = Math.min(users, Math.max(1, from.number + between(random, -60, 60)));
    if (near === from.number) continue;
    const atS = startS + i * 20;
    transfer(book, { from, to: near, amountMinor: between(random, 100, 8800), atS });
    if (happens(random, 0.4)) {
      transfer(book, {
        from: people[near],
        to: from.number,
        amountMinor: between(random, 100, 6600),
        atS: atS + 600,
      });
    }
  }
}

/** Ten to thirty pay one, who pays a merchant for all. */
function collect(world: World, book: MoveBook, collector: Person, day: number): void {
  const { random, people, users } = world;
  const eachMinor = between(random, 30, 300) * 100;
  const startS = timeOfDay(random, day);
  const members = between(random, 10, 30);
  for (let i = 0; i < members; i++) {
    const near = Math.min(users, Math.max(1, collector.number + between(random, -80, 80)));
    if (near === collector.number) continue;
    const atS = startS + between(random, 0, 3 * 3600);
    transfer(book, { from: people[near], to: collector.number, amountMinor: eachMinor, atS });
  }
  const merchant = ranked(random, world.merchants);
  const atS = startS + 4 * 3600;
  buy(world, book, { person: collector, merchant, atS });
}
