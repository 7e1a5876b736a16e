/**
 * The laws of a risk engine in line, over a made-up history whose decisions are those of an engine: clean, with bugs planted in the log or in
 * what was answered, and judged by laws that are wrong in the ways checkers are wrong.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agreedRisk, RISK_SCHEMA } from '../../../risk/line/agreed-risk.js';
import { DECISION_BYTES, MARK, RECORD, writeMark } from '../../../risk/line/decision-record.js';
import { SEEN } from '../../../risk/line/moves.js';
import { RiskLine } from '../../../risk/line/risk-line.js';
import { OUTCOME } from '../../../wire/acks.js';
import { writeUint64 } from '../../../wire/bytes.js';
import { writeOperationId } from '../../../wire/operation-id.js';
import { RESULTS } from '../../../wire/results.js';
import {
  convertDecisions,
  DECISIONS_FILE,
  DECISIONS_PART,
  type DecisionsFacts,
  RISK_LINE_FILE,
} from '../../records/decisions-file.js';
import { BOOKS_FOLDER } from '../../records/run-layout.js';
import { QueryError, RunDatabase } from '../database.js';
import { sqlOf } from '../law.js';
import { LINE_LAWS } from '../laws/registry.js';
import type { OperationRecord } from '../synthetic/records.js';
import {
  extentOf,
  type Recorded,
  RUN_ID,
  recordHistory,
  termsOf,
  writeRecorded,
} from '../synthetic/run-folder.js';
import { keyOf } from '../synthetic/settle.js';
import { witnessOf } from '../witness.js';

const root = mkdtempSync(join(tmpdir(), 'paydrill-line-laws-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const DENIED = RESULTS.risk_denied.code;
/** Unix microseconds at drill clock 0, as made-up histories have it. */
const ORIGIN_US = 1_731_254_400_000_000;
const AGREED = {
  schema: RISK_SCHEMA,
  rules: {
    model: { 'step-up': 0.5, review: 0.8, deny: 0.95 },
    rules: [
      {
        ...{ name: 'large', when: 'amount > 50.0', decision: 'deny' },
        ...{ points: 5, reason: 'a large amount' },
      },
      {
        ...{ name: 'often', when: 'pair_times > 0.0', decision: 'review' },
        ...{ points: 1, reason: 'not for the first time' },
      },
    ],
  },
  pairsMax: 10_000,
};

/** A record of the log. */
interface Decided {
  readonly operation: OperationRecord;
  amount: number;
  decision: number;
  code: number;
  reasons: number;
  flags: number;
  us: number;
}

interface Drilled {
  readonly recorded: Recorded;
  readonly log: Decided[];
  readonly facts: { digest: number; gaps: { fromUs: number; untilUs: number | null }[] };
}

/** What the amount limit declined is what the engine denies: its limit is the same. */
function drilled(): Drilled {
  const recorded = recordHistory({ seed: 31, operations: 700, users: 60, merchants: 12 });
  const { code } = RESULTS.risk_amount_limit;
  for (const { completion } of recorded.operations)
    if (completion?.code === code) completion.code = DENIED;
  for (const entry of recorded.entries.flat()) if (entry.code === code) entry.code = DENIED;
  const line = new RiskLine(agreedRisk(AGREED, recorded.money), recorded.money);
  const asked = recorded.operations
    .filter(({ kind }) => SEEN[kind] === 1)
    .sort((a, b) => a.invokedUs - b.invokedUs);
  const log = asked.map((operation): Decided => {
    const { amount: amountMinor } = operation;
    const us = ORIGIN_US + operation.invokedUs;
    line.decide({ ...operation, amountMinor }, atS(us));
    const { decision, flags, reasons } = line;
    const declined = line.isDenied ? DENIED : 0;
    return { operation, amount: amountMinor, decision, flags, reasons, us, code: declined };
  });
  return { recorded, log, facts: { digest: line.digest(), gaps: [] } };
}

const atS = (us: number): number => Math.floor(us / 1e6);

async function open({ recorded, log, facts }: Drilled): Promise<RunDatabase> {
  const folder = mkdtempSync(join(root, 'run-'));
  await writeRecorded(folder, recorded);
  writeFileSync(join(folder, RISK_LINE_FILE), JSON.stringify(AGREED));
  const path = join(folder, 'log');
  writeFileSync(path, bytesOf(log));
  const to = join(folder, BOOKS_FOLDER, DECISIONS_PART);
  const logged = await convertDecisions({ from: path, to, runId: RUN_ID });
  const state = { records: logged.records, digest: facts.digest };
  tell(folder, { complete: true, ...logged, gaps: facts.gaps, state });
  return RunDatabase.open(folder, extentOf(recorded), termsOf(recorded));
}

function tell(folder: string, facts: DecisionsFacts): void {
  writeFileSync(join(folder, BOOKS_FOLDER, DECISIONS_FILE), JSON.stringify(facts));
}

function bytesOf(log: readonly Decided[]): Uint8Array {
  const bytes = new Uint8Array((log.length + 1) * DECISION_BYTES);
  const view = new DataView(bytes.buffer);
  const us = log[0]?.us ?? 0;
  writeMark(view, 0, { mark: MARK.start, sequence: 1, decidedUs: us, atS: atS(us) });
  for (const [i, one] of log.entries()) {
    const at = (i + 1) * DECISION_BYTES;
    const { account, channel, counterparty, id, kind } = one.operation;
    writeOperationId(view, at + RECORD.id, id);
    writeUint64(view, at + RECORD.account, account);
    writeUint64(view, at + RECORD.counterparty, counterparty);
    writeUint64(view, at + RECORD.amount, one.amount);
    writeUint64(view, at + RECORD.decidedUs, one.us);
    view.setUint32(at + RECORD.atS, atS(one.us), true);
    view.setUint32(at + RECORD.sequence, i + 2, true);
    view.setUint8(at + RECORD.kind, kind);
    view.setUint8(at + RECORD.channel, channel);
    view.setUint8(at + RECORD.decision, one.decision);
    view.setUint8(at + RECORD.flags, one.flags);
    view.setUint16(at + RECORD.code, one.code, true);
    view.setUint32(at + RECORD.reasons, one.reasons, true);
  }
  return bytes;
}

interface Bug {
  readonly bug: string;
  readonly law: string;
  readonly witness: RegExp;
  readonly plant: (drill: Drilled) => void;
}

const isOnce = ({ log }: Drilled, { operation }: Decided): boolean =>
  log.filter((one) => keyOf(one.operation.id) === keyOf(operation.id)).length === 1;

/** The place in the log of one that was asked once and answered so. */
function placeOf(drill: Drilled, outcome: number): number {
  const place = drill.log.findIndex((one) => {
    const { completion } = one.operation;
    const isIt = completion?.outcome === outcome && completion.attempts === 1;
    const isDenied = one.code === DENIED && completion?.code === DENIED;
    return isIt && isOnce(drill, one) && (outcome === OUTCOME.ok || isDenied);
  });
  expect(place).toBeGreaterThan(-1);
  return place;
}

function decidedOn(drill: Drilled, outcome: number): Decided {
  const one = drill.log[placeOf(drill, outcome)];
  if (one === undefined) throw new Error('there is none');
  return one;
}

const BUGS: readonly Bug[] = [
  {
    bug: 'a payment goes past the engine',
    law: 'every-move-decided',
    witness: /took effect, and the risk engine never decided on it$/,
    plant: (drill) => void drill.log.splice(placeOf(drill, OUTCOME.ok), 1),
  },
  {
    bug: 'the engine is told of a hundredth of the amount',
    law: 'every-move-decided',
    witness:
      /took effect, and the risk engine decided on a \w+ of \d+\.\d\d from user:\d+ in its place$/,
    plant: (drill) => {
      decidedOn(drill, OUTCOME.ok).amount += 1;
    },
  },
  {
    bug: 'a decline that no decision explains',
    law: 'every-move-decided',
    witness: /was declined \(risk_denied\), and the risk engine never decided on it$/,
    plant: (drill) => void drill.log.splice(placeOf(drill, OUTCOME.declined), 1),
  },
  {
    bug: 'what was denied goes',
    law: 'denied-moves-nothing',
    witness:
      /was declined by risk control \(risk_denied, record \d+\) and (moved money all the same|answered as done)/,
    plant: (drill) => {
      decidedOn(drill, OUTCOME.ok).code = DENIED;
    },
  },
  {
    bug: 'the log says that what was denied was let go',
    law: 'denied-moves-nothing',
    witness: /was declined as risk_denied, and the log of decisions says created$/,
    plant: (drill) => {
      decidedOn(drill, OUTCOME.declined).code = 0;
    },
  },
  {
    bug: 'a decision is logged as another',
    law: 'decided-again',
    witness: /was decided as step-up, and decided again it is allow \(record \d+, session 1\)$/,
    plant: (drill) => {
      const one = drill.log.find(({ decision, flags }) => decision === 0 && flags === 1);
      if (one !== undefined) one.decision = 1;
    },
  },
  {
    bug: 'a decision is logged with other reasons',
    law: 'decided-again',
    witness: /was decided as review for other reasons than it is when decided again/,
    plant: (drill) => {
      const one = drill.log.find(({ decision }) => decision === 2);
      if (one !== undefined) one.reasons = 4;
    },
  },
  {
    bug: 'the state at the end is that of an engine that forgot something',
    law: 'decided-again',
    witness: /engine at the end has the digest \d+, and what its log gives has \d+$/,
    plant: ({ facts }) => {
      facts.digest ^= 1;
    },
  },
];

/** Not a breach: the decision of what was under way in a gap may be missing. */
function lostInAGap(): Drilled {
  const drill = drilled();
  for (const outcome of [OUTCOME.ok, OUTCOME.declined]) {
    const place = placeOf(drill, outcome);
    const us = drill.log[place]?.us ?? 0;
    drill.log.splice(place, 1);
    drill.facts.gaps.push({ fromUs: us, untilUs: us });
  }
  return drill;
}

async function found(database: RunDatabase, law: string, change = (sql: string): string => sql) {
  const one = LINE_LAWS.find(({ name }) => name === law);
  if (one === undefined) throw new Error(`no law ${law}`);
  const rows = await database.rows(change(await sqlOf(one, database)));
  const checked = await database.number(one.checkedSql);
  return { checked, witness: rows[0] && (await witnessOf(database, rows[0])).text };
}

const databases = new Map<string, RunDatabase>();
const CLEAN = 'clean';
const GAP = 'lost in a gap';

beforeAll(async () => {
  databases.set(CLEAN, await open(drilled()));
  databases.set(GAP, await open(lostInAGap()));
  for (const { bug, plant } of BUGS) {
    const drill = drilled();
    plant(drill);
    databases.set(bug, await open(drill));
  }
}, 120_000);

afterAll(() => {
  for (const database of databases.values()) database.close();
});

function of(name: string): RunDatabase {
  const database = databases.get(name);
  if (database === undefined) throw new Error(`no history ${name}`);
  return database;
}

describe('the laws of a risk engine in line', () => {
  it.each(LINE_LAWS.map(({ name }) => name))('%s holds of a clean history', async (law) => {
    const { checked, witness } = await found(of(CLEAN), law);
    expect(witness).toBe(undefined);
    expect(checked).toBeGreaterThan(10);
  });

  it.each(['every-move-decided', 'denied-moves-nothing'])(
    '%s excuses what was under way while decisions were lost',
    async (law) => {
      expect((await found(of(GAP), law)).witness).toBe(undefined);
    },
  );

  it.each(BUGS)('$law: $bug', async ({ bug, law, witness }) => {
    expect((await found(of(bug), law)).witness).toMatch(witness);
  });

  it('are undecided where the log could not be read', async () => {
    const database = await open(drilled());
    tell(database.folder, { complete: false, reason: 'the disk is gone' });
    for (const { name } of LINE_LAWS)
      await expect(found(database, name)).rejects.toThrow('could not be read: the disk is gone');
    await expect(found(database, 'decided-again')).rejects.toThrow(QueryError);
    database.close();
  });
});

describe('a law that is wrong gives itself away:', () => {
  it.each([
    [
      'takes any decision for one of its own',
      'every-move-decided',
      /d\.id_hi = o\.id_hi[\s\S]*?d\.kind = o\.kind[\s\S]*?o\.amount\)/,
      'd.kind = o.kind)',
      ['a payment goes past the engine'],
    ],
    [
      'does not compare amounts',
      'every-move-decided',
      'and d.amount = o.amount',
      '',
      ['the engine is told of a hundredth of the amount'],
    ],
    [
      'looks at what took effect alone',
      'every-move-decided',
      "o.outcome = 'declined' and",
      'false and',
      ['a decline that no decision explains'],
    ],
    [
      'knows of no gaps',
      'every-move-decided',
      /where not exists[\s\S]* order by/,
      'order by',
      [GAP],
    ],
    [
      'lets gaps be everywhere',
      'every-move-decided',
      'from decision_gaps g where',
      'from (select 0 as from_us, 9000000000000000000 as until_us) g where',
      ['a payment goes past the engine'],
    ],
    [
      'believes the log of what was denied',
      'denied-moves-nothing',
      'from moved union all from done union all',
      '',
      ['what was denied goes'],
    ],
    [
      'believes the answer',
      'denied-moves-nothing',
      ' union all from untold',
      '',
      ['the log says that what was denied was let go'],
    ],
    ['knows of no gaps', 'denied-moves-nothing', /where not exists[\s\S]*?\)\)\),/, '),', [GAP]],
    [
      'leaves out what is about no operation',
      'decided-again',
      'left join decisions',
      'join decisions',
      ['the state at the end is that of an engine that forgot something'],
    ],
  ])('one that %s (%s)', async (_, law, from, to, shown) => {
    for (const name of shown) {
      const change = (sql: string): string => {
        const changed = sql.replace(from, to);
        expect(changed).not.toBe(sql);
        return changed;
      };
      const honest = await found(of(name), law);
      const wrong = await found(of(name), law, change);
      expect(wrong.witness === undefined).toBe(honest.witness !== undefined);
    }
  });
});
