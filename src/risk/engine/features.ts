/** What a decision is made from, in order of their places in the vector: the names that rules and models use. Money is in yuan, shares are 0 to 1. */

/** Place of each in the vector; one literal, as an object made key by key would be slow to read. */
export const PLACE = {
  // read off the records of the two parties, their pair, the device and the card
  amount: 0,
  is_pay: 1,
  is_transfer: 2,
  is_payout: 3,
  is_credit: 4,
  is_night: 5,
  /** Classes of a factor of two by which the amount lies over the payer's own median. */
  amount_over_median: 6,
  payer_age_h: 7,
  payer_count_1m: 8,
  payer_count_1h: 9,
  payer_count_24h: 10,
  payer_sum_1h: 11,
  payer_sum_24h: 12,
  payer_payees_1h: 13,
  payer_payees_24h: 14,
  payer_in_sum_1h: 15,
  payer_in_sum_24h: 16,
  payer_payers_1h: 17,
  payer_payers_24h: 18,
  /** Of what came in and went out in an hour, with this payment, the smaller over the larger. */
  payer_pass_through_1h: 19,
  payer_credit_24h: 20,
  payer_times: 21,
  payer_night_share: 22,
  /** Refunds over payments. */
  payer_refund_share: 23,
  payee_age_h: 24,
  payee_count_1m: 25,
  payee_count_1h: 26,
  payee_count_24h: 27,
  payee_sum_1h: 28,
  payee_sum_24h: 29,
  payee_payers_1h: 30,
  payee_payers_24h: 31,
  payee_count_per_payer_24h: 32,
  payee_credit_share_24h: 33,
  payee_out_sum_24h: 34,
  payee_out_payees_24h: 35,
  payee_refund_share: 36,
  pair_new: 37,
  pair_count_1h: 38,
  pair_count_24h: 39,
  pair_sum_24h: 40,
  pair_times: 41,
  /** Not one of the last six users of the device; counts of users go to six. */
  device_new: 42,
  device_users_1h: 43,
  device_users_24h: 44,
  card_new: 45,
  card_users_24h: 46,
  // what only the neighbourhood shows
  payer_out_degree: 47,
  payer_in_degree: 48,
  payee_out_degree: 49,
  payee_in_degree: 50,
  reciprocal_sum_24h: 51,
  reciprocal_times: 52,
  /** 2 to 4: money comes back to where it went out; 0: it does not, or nobody looked. */
  back_hops: 53,
  back_share: 54,
  back_on_credit: 55,
  /** Money that came back to credit payers by way of the payee, and by way of the payer. */
  payee_came_back: 56,
  payer_came_back: 57,
  closed_group: 58,
  gathered_share: 59,
  component_size: 60,
} as const;

export type Feature = keyof typeof PLACE;

/** Names in order of their places. */
export const FEATURES: readonly Feature[] = namesOf();

function namesOf(): Feature[] {
  const names: Feature[] = [];
  for (const name in PLACE) if (isFeature(name)) names.push(name);
  return names;
}

export function isFeature(name: string): name is Feature {
  return Object.hasOwn(PLACE, name);
}
