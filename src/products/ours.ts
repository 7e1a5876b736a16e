/** The products that come with paydrill. */
import { chargeback } from './chargeback.js';
import { fund } from './fund.js';
import { huabei } from './huabei.js';
import { instalments } from './instalments.js';
import { insurance } from './insurance.js';
import { loan } from './loan.js';
import type { ProductDefinition } from './product.js';
import { qr } from './qr.js';
import { redPackets } from './red-packets.js';
import { settlement } from './settlement.js';
import { tickets } from './tickets.js';
import { transit } from './transit.js';

export const OUR_PRODUCTS: readonly ProductDefinition[] = [
  huabei,
  fund,
  loan,
  instalments,
  settlement,
  insurance,
  chargeback,
  qr,
  redPackets,
  tickets,
  transit,
];
