/**
 * Many to one, one to many, and both:
 *
 *   fan-in           victims --> collector --> away            fan-out   source --> mules --> merchants' counters
 *   scatter-gather   source --> mules --> one target
 */
import { between } from '../chance.js';
import { afterCut, crew, minutesAfter, type Scheme, smallMerchant, startOf } from './scheme.js';

export const fanIn: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('fan-in');
  const [collector, away, ...victims] = crew(world, between(random, 12, 25));
  const startS = startOf(world);
  let collected = 0;
  for (const victim of victims) {
    const amountMinor = between(random, 200, 900) * 100;
    collected += amountMinor;
    const move = { from: victim, to: collector, device: people[victim].device, amountMinor };
    add({ kind: 'transfer', ...move, atS: minutesAfter(random, startS, 0, 120) });
  }
  const out = { from: collector, to: away, device: people[collector].device };
  const amountMinor = afterCut(random, collected);
  add({ kind: 'transfer', ...out, amountMinor, atS: minutesAfter(random, startS, 121, 150) });
  return movedMinor();
};

export const fanOut: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('fan-out');
  const [source, ...mules] = crew(world, between(random, 10, 20));
  const startS = startOf(world);
  const eachMinor = between(random, 300, 900) * 100;
  for (const mule of mules) {
    const sentS = minutesAfter(random, startS, 0, 30);
    const move = { from: source, to: mule, device: people[source].device, amountMinor: eachMinor };
    add({ kind: 'transfer', ...move, atS: sentS });
    const spent = { from: mule, to: smallMerchant(world), device: people[mule].device };
    const amountMinor = afterCut(random, eachMinor);
    add({ kind: 'pay', ...spent, amountMinor, atS: minutesAfter(random, sentS, 5, 60) });
  }
  return movedMinor();
};

export const scatterGather: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('scatter-gather');
  const [source, target, ...mules] = crew(world, between(random, 7, 14));
  const startS = startOf(world);
  for (const mule of mules) {
    const amountMinor = between(random, 300, 900) * 100;
    const sentS = minutesAfter(random, startS, 0, 45);
    const out = { from: source, to: mule, device: people[source].device, amountMinor };
    add({ kind: 'transfer', ...out, atS: sentS });
    const on = { from: mule, to: target, device: people[mule].device };
    const atS = minutesAfter(random, sentS, 5, 60);
    add({ kind: 'transfer', ...on, amountMinor: afterCut(random, amountMinor), atS });
  }
  return movedMinor();
};
