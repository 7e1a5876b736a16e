/**
 * When decisions were made that the log does not tell of: a gateway that was killed had some in its buffers, and one without room decided
 * nothing. As the table `decision_gaps`, by the clock of the journal. What was under way then may lack its decision.
 */
import { join } from 'node:path';
import { DECISIONS_FILE, type DecisionGap } from '../../records/decisions-file.js';
import { type Fields, fieldsOf, readText } from '../../records/json-fields.js';
import { BOOKS_FOLDER } from '../../records/run-layout.js';
import { QueryError, type RunDatabase } from '../database.js';
import { ledgerDistance } from '../drill-time.js';

/** Between the clocks of gateway and ledger, both of one machine. */
const SLACK_US = 1_000_000;
const EVER = '9000000000000000000';

/** What `decisions.json` says. Throws QueryError where the log was not read to its end. */
export function decisionsFacts({ folder }: RunDatabase): Fields {
  const text = readText(join(folder, BOOKS_FOLDER, DECISIONS_FILE));
  const facts = text === undefined ? undefined : fieldsOf(JSON.parse(text), DECISIONS_FILE);
  if (facts?.get('complete') === true) return facts;
  const reason = String(facts?.get('reason') ?? 'it is not there');
  throw new QueryError(new Error(`the log of decisions could not be read: ${reason}`));
}

/** Rejects with QueryError. */
export async function makeGaps(database: RunDatabase): Promise<void> {
  const facts = decisionsFacts(database);
  const distance = await ledgerDistance(database);
  const rows = gapsOf(facts.get('gaps')).map(({ fromUs, untilUs }) => {
    // Nothing was acknowledged: nobody knows when the gaps were.
    if (distance === null) return `(-${EVER}, ${EVER})`;
    const until = untilUs === null ? EVER : `${untilUs} - ${distance} + ${SLACK_US}`;
    return `(${fromUs} - ${distance} - ${SLACK_US}, ${until})`;
  });
  await database.run(
    'create or replace temp table decision_gaps (from_us bigint, until_us bigint)',
  );
  if (rows.length > 0) await database.run(`insert into decision_gaps values ${rows.join(', ')}`);
}

function gapsOf(told: unknown): readonly DecisionGap[] {
  if (!Array.isArray(told)) return [];
  return told.map((one: unknown) => {
    const gap = fieldsOf(one, 'a gap');
    const until = gap.get('untilUs');
    return { fromUs: Number(gap.get('fromUs')), untilUs: until === null ? null : Number(until) };
  });
}
