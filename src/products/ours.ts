/** The products that come with paydrill. */
import { huabei } from './huabei.js';
import { loan } from './loan.js';
import type { ProductDefinition } from './product.js';

export const OUR_PRODUCTS: readonly ProductDefinition[] = [huabei, loan];
