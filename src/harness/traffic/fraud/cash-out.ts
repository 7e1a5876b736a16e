/**
 * Credit becomes cash: users pay on credit at a merchant who sells nothing, its money goes to mules, and they send it back to the users,
 * less a cut.
 *
 *   users --on credit--> merchant --> mules --> users
 */
import { between, oneOf } from '../chance.js';
import { afterCut, crew, minutesAfter, type Scheme, smallMerchant, startOf } from './scheme.js';

export const cashOut: Scheme = (world, book) => {
  const { random, people } = world;
  const { add, movedMinor } = book.scheme('cash-out');
  const merchant = smallMerchant(world);
  const [muleOne, muleTwo, ...users] = crew(world, between(random, 6, 12));
  const startS = startOf(world);
  for (const user of users) {
    const mule = oneOf(random, [muleOne, muleTwo]);
    const amountMinor = between(random, 300, 1500) * 100;
    const paidS = minutesAfter(random, startS, 0, 120);
    const device = people[user].device;
    add({ kind: 'pay', from: user, to: merchant, device, onCredit: true, amountMinor, atS: paidS });
    const passedS = minutesAfter(random, paidS, 2, 40);
    const passed = afterCut(random, amountMinor);
    add({ kind: 'payout', from: merchant, to: mule, amountMinor: passed, atS: passedS });
    const back = { from: mule, to: user, device: people[mule].device };
    const backS = minutesAfter(random, passedS, 2, 40);
    add({ kind: 'transfer', ...back, amountMinor: afterCut(random, passed), atS: backS });
  }
  return movedMinor();
};
