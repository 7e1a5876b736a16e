/**
 * Whether an operation of a product may be at all, by its definition and by what stands in its record: how much it is asked for with, and the
 * details in its id. Once as a function for whoever declines, once as SQL for whoever judges.
 */
import { AMOUNT_MINOR_MAX, RESULTS } from '../wire/results.js';
import type { ProductKind } from './catalogue.js';
import { DETAIL_BITS, type Detail } from './details.js';

/** 0, or the code with which it is declined. `details`: `detailWord`. */
export function refusalOf(kind: ProductKind, amountMinor: number, details: number): number {
  const { amountIs, earlierWhere, isSame, minMinor, where } = kind;
  if (isSame && ((details ^ (details >>> DETAIL_BITS)) & maskOf(kind.details)) !== 0)
    return RESULTS.id_not_of_reference.code;
  if (earlierWhere.length > 0 && earlierWhere.every((one) => one.of(amountMinor, details) === 0))
    return RESULTS.details_not_possible.code;
  if (where !== undefined && where.of(amountMinor, details) === 0)
    return RESULTS.details_not_possible.code;
  if (amountIs !== undefined && amountIs.of(amountMinor, details) !== amountMinor)
    return RESULTS.amount_not_of_details.code;
  return amountMinor < minMinor || amountMinor > AMOUNT_MINOR_MAX
    ? RESULTS.amount_out_of_range.code
    : 0;
}

/** Over the columns `amount`, `id_hi` and `reference_hi`. */
export function possibleSql(kind: ProductKind): string {
  const { amountIs, details, earlierWhere, isSame, minMinor, where } = kind;
  const mask = maskOf(details);
  const earlier = earlierWhere.map(({ sql }) => `${sql} <> 0`);
  return [
    `amount >= ${minMinor}`,
    ...(earlier.length > 0 ? [`(${earlier.join(' or ')})`] : []),
    ...(where === undefined ? [] : [`${where.sql} <> 0`]),
    ...(amountIs === undefined ? [] : [`amount = ${amountIs.sql}`]),
    ...(isSame ? [`(id_hi & ${mask}) = (reference_hi & ${mask})`] : []),
  ].join(' and ');
}

function maskOf(details: readonly Detail[]): number {
  return 2 ** details.reduce((sum, { bits }) => sum + bits, 0) - 1;
}
