import { expect, it } from 'vitest';
import { statusOf } from './http-answers.js';
import type { OperationResult } from './http-operation.js';

it.each([
  ['ok', 'created', 200],
  ['declined', 'exceeds_credits', 402],
  ['declined', 'risk_denied', 402],
  // what was sent before it is in its way
  ['declined', 'exists_with_different_amount', 409],
  ['declined', 'pending_transfer_expired', 409],
  // what is to be sent before it is missing
  ['declined', 'reference_not_here_yet', 409],
  ['declined', 'code_not_in_sequence', 422],
  ['declined', 'refunded_operation_not_found', 422],
  ['declined', 'shard_unavailable', 503],
  ['unknown', 'deadline_passed', 504],
] as const)('%s with %s is answered with status %i', (outcome, code, status) => {
  const result: OperationResult = { id: '01', outcome, code, timestampUs: 0, receipt: [] };
  expect(statusOf(result)).toBe(status);
});
