/** Who there is before anything is paid: users with means, habits, friends and phones; merchants with prices and owners. */
import type { Random } from '../entropy/random.js';
import { between, happens, logNormal } from './chance.js';

export interface World {
  readonly users: number;
  readonly merchants: number;
  readonly days: number;
  /** By number; 0 is nobody. */
  readonly people: readonly Person[];
  readonly shops: readonly Shop[];
  readonly random: Random;
}

export interface Person {
  readonly number: number;
  /** Of a usual payment, minor units. */
  readonly usualMinor: number;
  /** Payments a day. */
  readonly paysPerDay: number;
  readonly creditShare: number;
  readonly friends: number[];
  /** Changes when they buy another. */
  device: number;
  readonly card: number;
  readonly isNightOwl: boolean;
}

export interface Shop {
  readonly number: number;
  readonly owner: number;
  /** Prices by which it differs from others. */
  readonly priceFactor: number;
}

export interface WorldOptions {
  readonly users: number;
  readonly merchants: number;
  readonly days: number;
}

const FRIENDS_MAX = 7;
/** Friends are mostly found near by. */
const NEAR = 40;
const OWN_PHONE = 0.96;
const NIGHT_OWLS = 0.06;

export function makeWorld(options: WorldOptions, random: Random): World {
  const { users, merchants } = options;
  const nobody: Person = {
    ...{ number: 0, usualMinor: 0, paysPerDay: 0, creditShare: 0 },
    ...{ friends: [], device: 0, card: 0, isNightOwl: false },
  };
  const people = [nobody];
  for (let number = 1; number <= users; number++) people.push(makePerson(number, users, random));
  for (const person of people) {
    // a phone that a family shares
    if (person.number > 1 && !happens(random, OWN_PHONE)) {
      person.device = people[person.number - 1].device;
    }
  }
  const shops = Array.from({ length: merchants + 1 }, (_, number) => ({
    number,
    owner: between(random, 1, users),
    priceFactor: logNormal(random, 1, 0.7),
  }));
  return { ...options, people, shops, random };
}

function makePerson(number: number, users: number, random: Random): Person {
  const friends = Array.from({ length: between(random, 1, FRIENDS_MAX) }, () => {
    const near = number + between(random, -NEAR, NEAR);
    return near >= 1 && near <= users && near !== number ? near : (number % users) + 1;
  });
  return {
    number,
    usualMinor: logNormal(random, 6000, 0.8),
    paysPerDay: logNormal(random, 3, 0.7),
    creditShare: happens(random, 0.5) ? random.nextFloat() * 0.9 : 0.05,
    friends: [...new Set(friends)],
    device: number,
    card: number,
    isNightOwl: happens(random, NIGHT_OWLS),
  };
}
