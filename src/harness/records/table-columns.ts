/** The columns of the run folder's Parquet tables. Whoever reads them by hand finds their meaning in reports/README.md. */
import { DECISIONS } from '../../risk/decide/policy.js';
import { RECEIPT_LEGS } from '../../wire/acks.js';
import { LEGS_MAX } from '../../wire/ledger-commands.js';
import type { ColumnSpec } from './column-spec.js';
import {
  BYTE_VALUES,
  CHANNEL_NAMES,
  COMMAND_NAMES,
  KIND_NAMES,
  OUTCOME_NAMES,
  PENDING_NAMES,
  RESOLUTION_NAMES,
  RESULT_NAMES,
  ROLE_NAMES,
} from './names.js';

/** `journal.parquet/part-<worker>.parquet`: one row per operation. */
export const OPERATION_COLUMNS: readonly ColumnSpec[] = [
  { name: 'worker', type: 'small', values: BYTE_VALUES },
  { name: 'sequence', type: 'uint32' },
  { name: 'id_hi', type: 'uint64' },
  { name: 'id_lo', type: 'uint64' },
  { name: 'kind', type: 'text', values: KIND_NAMES.names },
  { name: 'channel', type: 'text', values: CHANNEL_NAMES.names },
  { name: 'scenario', type: 'small', values: BYTE_VALUES },
  { name: 'account', type: 'int64' },
  { name: 'counterparty', type: 'int64' },
  { name: 'amount', type: 'int64' },
  { name: 'reference_hi', type: 'uint64', presence: 'reference' },
  { name: 'reference_lo', type: 'uint64', presence: 'reference' },
  { name: 'timeout_s', type: 'uint32', presence: 'timeout' },
  { name: 'intended_us', type: 'int64' },
  { name: 'invoked_us', type: 'int64' },
  { name: 'outcome', type: 'text', values: OUTCOME_NAMES.names },
  { name: 'result', type: 'text', values: RESULT_NAMES.names, presence: 'completion' },
  { name: 'completed_us', type: 'int64', presence: 'completion' },
  { name: 'attempts', type: 'small', values: BYTE_VALUES, presence: 'completion' },
  { name: 'resolution', type: 'text', values: RESOLUTION_NAMES.names, presence: 'completion' },
  { name: 'sent_after_us', type: 'uint32', presence: 'completion' },
  { name: 'receipt_timestamp_us', type: 'int64', presence: 'completion' },
  { name: 'receipt_legs', type: 'small', values: BYTE_VALUES, presence: 'completion' },
  ...Array.from({ length: RECEIPT_LEGS }, (_, leg): readonly ColumnSpec[] => [
    { name: `receipt_account_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `receipt_balance_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `receipt_version_${leg + 1}`, type: 'uint32', presence: `leg${leg}` },
  ]).flat(),
];

/** `books/transfers-<shard>.parquet`: one row per entry, its legs side by side, so many of them at most. */
export const entryColumns = (legs: number): readonly ColumnSpec[] => [
  { name: 'shard', type: 'small', values: BYTE_VALUES },
  { name: 'lsn', type: 'uint32' },
  { name: 'id_hi', type: 'uint64' },
  { name: 'id_lo', type: 'uint64' },
  { name: 'command', type: 'text', values: COMMAND_NAMES.names },
  { name: 'kind', type: 'text', values: KIND_NAMES.names },
  { name: 'result', type: 'text', values: RESULT_NAMES.names },
  { name: 'role', type: 'text', values: ROLE_NAMES.names },
  { name: 'peer', type: 'small', values: BYTE_VALUES },
  { name: 'channel', type: 'text', values: CHANNEL_NAMES.names },
  { name: 'timestamp_us', type: 'int64' },
  { name: 'amount', type: 'int64' },
  { name: 'reference_hi', type: 'uint64', presence: 'reference' },
  { name: 'reference_lo', type: 'uint64', presence: 'reference' },
  { name: 'timeout_s', type: 'uint32', presence: 'timeout' },
  { name: 'legs', type: 'small', values: BYTE_VALUES },
  ...Array.from({ length: legs }, (_, leg): readonly ColumnSpec[] => [
    { name: `account_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `posting_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `balance_${leg + 1}`, type: 'int64', presence: `leg${leg}` },
    { name: `version_${leg + 1}`, type: 'uint32', presence: `leg${leg}` },
    {
      name: `pending_${leg + 1}`,
      type: 'text',
      values: PENDING_NAMES.names,
      presence: `leg${leg}`,
    },
  ]).flat(),
];

/** Of the reference stack. */
export const ENTRY_COLUMNS = entryColumns(LEGS_MAX);

/** `books/accounts-<shard>.parquet`: one row per account, as it ended. */
export const ACCOUNT_COLUMNS: readonly ColumnSpec[] = [
  { name: 'shard', type: 'small', values: BYTE_VALUES },
  { name: 'account', type: 'int64' },
  { name: 'opening', type: 'int64' },
  { name: 'debits_pending', type: 'int64' },
  { name: 'debits_posted', type: 'int64' },
  { name: 'credits_pending', type: 'int64' },
  { name: 'credits_posted', type: 'int64' },
  { name: 'version', type: 'uint32' },
  { name: 'flags', type: 'uint32' },
];

const NO_YES: readonly number[] = [0, 1];

/** `books/decisions.parquet`: one row for each decision of a risk engine that was in line, in their order. */
export const DECISION_COLUMNS: readonly ColumnSpec[] = [
  { name: 'sequence', type: 'uint32' },
  { name: 'session', type: 'small', values: BYTE_VALUES },
  { name: 'id_hi', type: 'uint64' },
  { name: 'id_lo', type: 'uint64' },
  { name: 'kind', type: 'text', values: KIND_NAMES.names },
  { name: 'channel', type: 'text', values: CHANNEL_NAMES.names },
  { name: 'account', type: 'int64' },
  { name: 'counterparty', type: 'int64' },
  { name: 'amount', type: 'int64' },
  { name: 'decision_timestamp_us', type: 'int64' },
  { name: 'at_s', type: 'uint32' },
  { name: 'decision', type: 'text', values: DECISIONS },
  { name: 'result', type: 'text', values: RESULT_NAMES.names },
  { name: 'judged', type: 'small', values: NO_YES },
  { name: 'cut', type: 'small', values: NO_YES },
  { name: 'forgot', type: 'small', values: NO_YES },
  { name: 'cold', type: 'small', values: NO_YES },
  { name: 'steps', type: 'uint32' },
  { name: 'spent_ns', type: 'uint32' },
  { name: 'probability_ppm', type: 'uint32' },
  { name: 'points', type: 'uint32' },
  { name: 'reasons', type: 'uint32' },
];
