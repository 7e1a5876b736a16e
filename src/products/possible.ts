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
  return [
    `amount >= ${kind.minMinor}`,
    areDetailsPossibleSql(kind),
    amountFollowsSql(kind),
    hasDetailsOfReferenceSql(kind),
  ]
    .filter((one) => one !== 'true')
    .join(' and ');
}

/** Whether there may be what its details say, and what those of the operation that it refers to say. */
export function areDetailsPossibleSql({ earlierWhere, where }: ProductKind): string {
  const earlier = earlierWhere.map(({ sql }) => `${sql} <> 0`);
  const all = [
    ...(earlier.length > 0 ? [`(${earlier.join(' or ')})`] : []),
    ...(where === undefined ? [] : [`${where.sql} <> 0`]),
  ];
  return all.length === 0 ? 'true' : all.join(' and ');
}

/** Whether its amount is the one that follows from its details. */
export function amountFollowsSql({ amountIs }: ProductKind): string {
  return amountIs === undefined ? 'true' : `amount = ${amountIs.sql}`;
}

/** Whether its details are those of what it refers to, where they must be. */
export function hasDetailsOfReferenceSql({ details, isSame }: ProductKind): string {
  const mask = maskOf(details);
  return isSame ? `(id_hi & ${mask}) = (reference_hi & ${mask})` : 'true';
}

function maskOf(details: readonly Detail[]): number {
  return 2 ** details.reduce((sum, { bits }) => sum + bits, 0) - 1;
}
