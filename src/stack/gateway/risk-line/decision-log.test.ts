/** Where the log of decisions has no room, or the engine fails: nothing is decided, what is closed is refused, and the log tells of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turnOfLoop } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { type Decision, Policy } from '../../../risk/decide/policy.js';
import { type AgreedRisk, agreedRisk, RISK_SCHEMA } from '../../../risk/line/agreed-risk.js';
import { DECISION_BYTES, MARK, RECORD } from '../../../risk/line/decision-record.js';
import { writeUint64 } from '../../../wire/bytes.js';
import { OP, OPERATION_BYTES, OPERATION_KIND } from '../../../wire/operations.js';
import { RESULTS } from '../../../wire/results.js';
import { Turn } from '../../payments/turn.js';
import { InLineRisk } from './in-line-risk.js';

const folder = mkdtempSync(join(tmpdir(), 'paydrill-decision-log-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RULES = { rules: [], model: { 'step-up': 0.5, review: 0.8, deny: 0.95 } };
const population = { users: 100, merchants: 10 };

function agreed(closed: readonly string[]): AgreedRisk {
  return agreedRisk({ schema: RISK_SCHEMA, rules: RULES, pairsMax: 10_000, closed }, population);
}

function open(name: string, what: AgreedRisk, log = (_line: string): void => {}): InLineRisk {
  return new InLineRisk({
    ...{ agreed: what, population, log, logPath: join(folder, name) },
    ...{ rules: () => 0, turn: new Turn(), mutant: undefined },
  });
}

function transfer(payer: number, payee: number): DataView {
  const operation = new DataView(new ArrayBuffer(OPERATION_BYTES));
  operation.setUint8(OP.kind, OPERATION_KIND.transfer);
  writeUint64(operation, OP.account, payer);
  writeUint64(operation, OP.counterparty, payee);
  writeUint64(operation, OP.amount, 1000);
  return operation;
}

async function written(line: InLineRisk): Promise<InLineRisk['state']> {
  for (;;) {
    const { state } = line;
    if (state.written === state.records) return state;
    await turnOfLoop();
  }
}

/** Until there was no room. */
function fill(line: InLineRisk): number {
  for (let times = 0; ; times++) {
    const { undecided } = line.state;
    if (undecided > 0) return times;
    for (let i = 0; i < 1000; i++)
      line.judge(transfer(1 + (i % 50), 51 + (i % 50)), 0, performance.now());
  }
}

describe('a log of decisions without room', () => {
  it('has none decided until it was written, and then a mark that says how many and since when', async () => {
    const line = open('full', agreed(['transfer']));
    fill(line);
    const { undecided, undecidedSinceUs, records } = line.state;
    expect(line.judge(transfer(1, 2), 0, performance.now())).toBe(RESULTS.risk_undecided.code);
    expect(await written(line)).toMatchObject({ records, undecided: undecided + 1 });
    expect(line.judge(transfer(1, 2), 0, performance.now())).toBe(0);
    expect(await written(line)).toMatchObject({ records: records + 2, undecidedSinceUs: 0 });
    const bytes = readFileSync(join(folder, 'full'));
    const mark = records * DECISION_BYTES;
    expect(bytes[mark + RECORD.kind]).toBe(0);
    expect(bytes[mark + RECORD.decision]).toBe(MARK.missing);
    expect(bytes.readUInt32LE(mark + RECORD.amount)).toBe(undecided + 1);
    expect(Number(bytes.readBigUInt64LE(mark + RECORD.account))).toBe(undecidedSinceUs);
    line.close();
  });

  it('lets go what is not closed, and counts nothing that it has not logged', async () => {
    const line = open('open', agreed([]));
    fill(line);
    expect(line.judge(transfer(1, 2), 0, performance.now())).toBe(0);
    const { digest } = await written(line);
    line.close();
    const again = open('open', agreed([]));
    expect(again.state.digest).toBe(digest);
    again.close();
  });
});

/** A bug, as it may be in a rule's closure. */
class BrokenPolicy extends Policy {
  override decide(): Decision {
    throw new Error('a bug of the policy');
  }
}

describe('an engine that fails', () => {
  it('decides nothing any more, says so once, and refuses what is closed', async () => {
    const lines: string[] = [];
    const { bounds } = agreed(['transfer']);
    const broken = { policy: new BrokenPolicy(RULES), bounds };
    const line = open('broken', broken, (text) => void lines.push(text));
    const codes = [1, 2, 3].map((payer) => line.judge(transfer(payer, 9), 0, performance.now()));
    expect(codes).toEqual(Array(3).fill(RESULTS.risk_undecided.code));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('a bug of the policy');
    // Only that it began.
    expect(await written(line)).toMatchObject({ records: 1, undecided: 3 });
    line.close();
  });
});
