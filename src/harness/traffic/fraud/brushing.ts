/**
 * Sales that are none: merchants pay people to buy from them, for the sight of it.
 *
 *   merchants --> handler --> brushers --> the same merchants, again and again
 */
import { between, oneOf } from '../chance.js';
import { crew, minutesAfter, type Scheme, smallMerchant, startOf } from './scheme.js';

export const brushing: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('brushing');
  const merchants = Array.from({ length: between(random, 2, 4) }, () => smallMerchant(world));
  const [handler, ...brushers] = crew(world, between(random, 6, 12));
  const startS = startOf(world);
  const eachMinor = between(random, 80, 250) * 100;
  const times = between(random, 2, 4);
  for (const brusher of brushers) {
    const source = oneOf(random, merchants);
    const givenS = minutesAfter(random, startS, 0, 60);
    const allMinor = eachMinor * times;
    add({ kind: 'payout', from: source, to: handler, amountMinor: allMinor, atS: givenS });
    const given = { from: handler, to: brusher, device: people[handler].device };
    add({ kind: 'transfer', ...given, amountMinor: allMinor, atS: givenS + 300 });
    for (let i = 0; i < times; i++) {
      const to = merchants[i % merchants.length];
      const move = { from: brusher, to, device: people[brusher].device, amountMinor: eachMinor };
      add({ kind: 'pay', ...move, atS: minutesAfter(random, givenS, 10, 180) });
    }
  }
  return movedMinor();
};
