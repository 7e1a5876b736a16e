/**
 * What was agreed about money before the load (records/target-facts.ts) as macros for queries: what a merchant is charged, and on
 * which account of which shard a party is booked. Made from the constants of wire/accounts.ts.
 */
import { ACCOUNT_CLASS, CLASS_UNIT, SLOT_UNIT } from '../../wire/accounts.js';
import type { RiskRules } from '../../wire/admin.js';
import type { MoneyRules } from '../records/target-facts.js';
import { names } from './sql-text.js';

const IS_MERCHANT = `account // ${CLASS_UNIT} = ${ACCOUNT_CLASS.merchant}`;

/** Statements that create them. */
export function moneyMacros(money: MoneyRules): readonly string[] {
  const { feePer10k, commissionPer10k, merchants, openingMinor } = money;
  const { products, risk, shards, splitMerchants, users } = money;
  return [
    `create macro agreed_shards() as ${shards}`,
    `create macro agreed_users() as ${users}`,
    `create macro agreed_merchants() as ${merchants}`,
    `create macro agreed_split_merchants() as ${splitMerchants}`,
    `create macro agreed_opening() as ${openingMinor}`,
    `create macro agreed_products() as [${names(products)}]::varchar[]`,
    ...riskMacros(risk),
    `create macro is_merchant(account) as ${IS_MERCHANT}`,
    `create macro fee_of(amount) as amount * ${feePer10k} // 10000`,
    `create macro commission_of(amount) as amount * ${commissionPer10k} // 10000`,
    `create macro system_account(number, shard) as
       ${ACCOUNT_CLASS.system * CLASS_UNIT} + (shard::bigint + 1) * ${SLOT_UNIT} + number`,
    // A merchant that is split is paid on its sub-account beside the payer.
    `create macro booked_account(account, home) as
       case when ${IS_MERCHANT} and account % ${SLOT_UNIT} <= ${splitMerchants}
         then account + (home::bigint + 1) * ${SLOT_UNIT} else account end`,
  ];
}

/** Where nothing is known of risk control there is no limit. */
function riskMacros(risk: RiskRules | undefined): readonly string[] {
  const rules = (risk?.velocity ?? []).map(
    ({ amountMinorMax, countMax, windowMs }) =>
      `(${windowMs * 1000}, ${countMax}, ${amountMinorMax})`,
  );
  const rows = rules.length > 0 ? rules.join(', ') : '(null, null, null)';
  return [
    `create macro agreed_amount_limit() as ${risk?.amountMinorMax ?? null}::bigint`,
    `create macro agreed_velocity() as table
       select * from (values ${rows}) as rules(window_us, count_max, amount_max) where window_us is not null`,
  ];
}
