import { describe, expect, it } from 'vitest';
import { ACK_BYTES, OUTCOME } from '../../wire/acks.js';
import { RESULTS } from '../../wire/results.js';
import { writeBareAck } from './ack-writer.js';
import { isCancelled } from './cross-shard.js';

describe('the answer to Cancel at home', () => {
  const answers = [
    // recorded under the id, for good
    ['declined', 'cancelled', true],
    ['declined', 'credit_account_not_found', true],
    ['declined', 'exists_with_different_amount', true],
    // no tombstone: home may confirm yet
    ['declined', 'not_admitted', false],
    // home remembers nothing of it: it may have confirmed
    ['declined', 'id_too_old', false],
    ['unknown', 'tried', false],
    ['ok', 'created', false],
  ] as const;

  it.each(answers)('%s with %s lets the far branch be cancelled: %s', (outcome, name, is) => {
    const ack = new DataView(new ArrayBuffer(ACK_BYTES));
    writeBareAck(ack, 0, { tag: 1, outcome: OUTCOME[outcome], code: RESULTS[name].code });
    expect(isCancelled(ack, 0)).toBe(is);
  });
});
