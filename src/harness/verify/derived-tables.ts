/**
 * Tables that are derived from the others and cost something to make: each is made when a query first names it, and what it is made of
 * before it. Most runs ask for none of them.
 *
 *   product_asked    a row an operation of a product     (product-views.ts)
 *   product_legs     a row a leg of these                (product-views.ts)
 *   product_told     what is wrong with an entry of these (product-told.ts)
 *   asked_as_booked  a row an operation that was asked for: id_hi, id_lo, account, counterparty, amount, reference_hi. An id may be asked
 *                    for again with another body, which is refused: of several the one that the books have; where they have none of
 *                    them, the largest
 */

import { NO_PRODUCT_TOLD, PRODUCT_TOLD } from './product-told.js';
import { NO_PRODUCT_ASKED, NO_PRODUCT_LEGS, PRODUCT_ASKED, PRODUCT_LEGS } from './product-views.js';

const ASKED_AS_BOOKED = `
  create table asked_as_booked as
    select a.id_hi, a.id_lo, coalesce(min(a.account) filter (a.amount = e.amount), min(a.account)) as account,
      coalesce(min(a.counterparty) filter (a.amount = e.amount), min(a.counterparty)) as counterparty,
      coalesce(max(a.amount) filter (a.amount = e.amount), max(a.amount)) as amount,
      coalesce(min(e.reference_hi), min(a.reference_hi)) as reference_hi
    from asked a left join effects e using (id_hi, id_lo) group by all`;

/** Whoever lists tables is to find them. */
const LISTS_TABLES =
  /\bshow\b|information_schema|duckdb_(tables|columns)|pg_catalog|sqlite_master/i;

/** What they are made with; both reject where a query cannot be answered. */
export interface Maker {
  run(sql: string): Promise<unknown>;
  number(sql: string): Promise<number>;
}

export class DerivedTables {
  readonly #maker: Maker;
  /** How each is made. */
  readonly #ways: ReadonlyMap<string, () => Promise<unknown>>;
  readonly #made = new Map<string, Promise<unknown>>();

  /** `hasMoney`: it is known what was agreed about money. Where it is not, nothing can be derived of products: their tables are there, and empty. */
  constructor(maker: Maker, hasMoney: boolean) {
    this.#maker = maker;
    this.#ways = new Map([
      ['product_asked', () => this.#productAsked(hasMoney)],
      ['product_legs', () => this.#ofProducts(PRODUCT_LEGS, NO_PRODUCT_LEGS)],
      ['product_told', () => this.#productTold()],
      ['asked_as_booked', () => maker.run(ASKED_AS_BOOKED)],
    ]);
  }

  /** Makes those that are named in `sql`. Rejects where one cannot be made; the next time it is tried again. */
  async before(sql: string): Promise<void> {
    const all = LISTS_TABLES.test(sql);
    for (const name of this.#ways.keys()) if (all || sql.includes(name)) await this.#make(name);
  }

  async #make(name: string): Promise<void> {
    const making = this.#made.get(name) ?? this.#ways.get(name)?.();
    if (making === undefined) return;
    this.#made.set(name, making);
    try {
      await making;
    } catch (cause) {
      this.#made.delete(name);
      throw cause;
    }
  }

  async #productAsked(hasMoney: boolean): Promise<void> {
    const nothing = (): Promise<unknown> => this.#maker.run(NO_PRODUCT_ASKED);
    await (hasMoney ? this.#maker.run(PRODUCT_ASKED).catch(nothing) : nothing());
  }

  async #productTold(): Promise<void> {
    await this.#make('product_legs');
    await this.#ofProducts(PRODUCT_TOLD, NO_PRODUCT_TOLD);
  }

  /** Over `product_asked`. */
  async #ofProducts(some: string, none: string): Promise<void> {
    await this.#make('product_asked');
    const asked = await this.#maker.number('select count(*) from product_asked');
    await this.#maker.run(asked > 0 ? some : none);
  }
}
