/** Money that only passes: round in a cycle, or down a chain of mules to a merchant's counter, each hop within minutes. */
import { between } from '../chance.js';
import { afterCut, crew, minutesAfter, type Scheme, smallMerchant, startOf } from './scheme.js';

export const cycle: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('cycle');
  const members = crew(world, between(random, 3, 4));
  let amountMinor = between(random, 800, 3000) * 100;
  let atS = startOf(world);
  for (let i = 0; i < members.length * 2; i++) {
    const from = members[i % members.length];
    const to = members[(i + 1) % members.length];
    add({ kind: 'transfer', from, to, device: people[from].device, amountMinor, atS });
    amountMinor = afterCut(random, amountMinor);
    atS = minutesAfter(random, atS, 3, 40);
  }
  return movedMinor();
};

export const muleChain: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('mule-chain');
  const members = crew(world, between(random, 4, 7));
  let amountMinor = between(random, 1000, 4000) * 100;
  let atS = startOf(world);
  for (let i = 0; i + 1 < members.length; i++) {
    const device = people[members[i]].device;
    add({ kind: 'transfer', from: members[i], to: members[i + 1], device, amountMinor, atS });
    amountMinor = afterCut(random, amountMinor);
    atS = minutesAfter(random, atS, 2, 25);
  }
  const last = members[members.length - 1];
  const spent = { from: last, to: smallMerchant(world), device: people[last].device };
  add({ kind: 'pay', ...spent, amountMinor, atS });
  return movedMinor();
};
