/** Accounts in the wrong hands: taken over and emptied from somebody else's device, or opened by the dozen on one for the bonus. */
import { between } from '../chance.js';
import { crew, minutesAfter, type Scheme, smallMerchant, startOf } from './scheme.js';

/** Devices that no honest user has: numbered behind theirs and their next ones. */
function strangeDevice(users: number, draw: number): number {
  return users * 2 + 1 + draw;
}

export const takeover: Scheme = (world, book) => {
  const { random, users } = world;
  const { add, movedMinor } = book.scheme('takeover');
  const device = strangeDevice(users, random.int(users));
  const [mule, ...victims] = crew(world, between(random, 3, 6));
  const startS = startOf(world);
  for (const victim of victims) {
    let atS = minutesAfter(random, startS, 0, 180);
    for (let i = between(random, 2, 4); i > 0; i--) {
      const amountMinor = between(random, 300, 1500) * 100;
      const isPay = random.int(3) === 0;
      const to = isPay ? smallMerchant(world) : mule;
      add({
        kind: isPay ? 'pay' : 'transfer',
        from: victim,
        to,
        device,
        onCredit: isPay,
        amountMinor,
        atS,
      });
      atS = minutesAfter(random, atS, 1, 6);
    }
  }
  return movedMinor();
};

export const bonusHunters: Scheme = (world, book) => {
  const { random, users } = world;
  const { add, movedMinor } = book.scheme('bonus-hunters');
  const device = strangeDevice(users, random.int(users));
  const [collector, ...hunters] = crew(world, between(random, 15, 30));
  // the merchant who gives the bonus does nothing wrong
  const giver = between(random, 1, 5);
  const startS = startOf(world);
  for (const hunter of hunters) {
    const amountMinor = between(random, 20, 40) * 100;
    const givenS = minutesAfter(random, startS, 0, 240);
    book.honest({ kind: 'payout', from: giver, to: hunter, amountMinor, atS: givenS });
    const atS = minutesAfter(random, givenS, 1, 20);
    add({ kind: 'transfer', from: hunter, to: collector, device, amountMinor, atS });
  }
  return movedMinor();
};
