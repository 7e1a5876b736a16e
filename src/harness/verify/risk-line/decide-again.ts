/**
 * Decides again, by an engine of its own, all that the log says was asked, in its order, by the rules and the model of the run folder. What
 * comes out otherwise is the table `decided_again`; so is a state of the gateway at the end that is not what the log gives.
 */
import { join } from 'node:path';
import { KIND_NUMBERS } from '../../../products/kinds.js';
import { DECISIONS } from '../../../risk/decide/policy.js';
import { type AgreedRisk, agreedRisk, DENY } from '../../../risk/line/agreed-risk.js';
import { DECIDED_FLAG } from '../../../risk/line/decision-record.js';
import type { Asked } from '../../../risk/line/moves.js';
import { RiskLine } from '../../../risk/line/risk-line.js';
import { CHANNEL } from '../../../wire/operations.js';
import { messageOf } from '../../message-of.js';
import { partsPerMillion, RISK_LINE_FILE } from '../../records/decisions-file.js';
import { type Fields, fieldsOf, readText } from '../../records/json-fields.js';
import { readPlan } from '../circumstances.js';
import { QueryError, type RunDatabase } from '../database.js';
import { literal } from '../sql-text.js';
import { decisionsFacts } from './gaps.js';

/** Others are not told: one that is wrong makes many that follow wrong. */
const TOLD_MAX = 1000;

const numbered = (column: string, numbers: Readonly<Record<string, number>>): string => {
  const whens = Object.entries(numbers).map(([name, n]) => `when ${literal(name)} then ${n}`);
  return `case ${column} ${whens.join(' ')} else 0 end`;
};
const ORDINALS = Object.fromEntries(DECISIONS.map((name, ordinal) => [name, ordinal]));

const LOGGED = `
  select sequence, ${numbered('kind', KIND_NUMBERS)}, ${numbered('channel', CHANNEL)}, account, counterparty, amount, at_s,
    ${numbered('decision', ORDINALS)}, (result = 'risk_denied')::integer, judged, cut, probability_ppm, reasons
  from decisions order by sequence`;

/** Rejects with QueryError. */
export async function decideAgain(database: RunDatabase): Promise<void> {
  const facts = decisionsFacts(database);
  const line = lineOf(database);
  const rows: string[] = [];
  for await (const columns of database.columns(LOGGED)) {
    const count = columns[0]?.length ?? 0;
    for (let i = 0; i < count; i++) {
      const problem = decided(line, columns, i);
      if (problem !== undefined && rows.length < TOLD_MAX)
        rows.push(`(${columns[0]?.[i]}, ${literal(problem)})`);
    }
  }
  const problem = otherState(line, facts);
  if (problem !== undefined) rows.push(`(null, ${literal(problem)})`);
  await database.run(
    'create or replace temp table decided_again (sequence uinteger, problem varchar)',
  );
  if (rows.length > 0) await database.run(`insert into decided_again values ${rows.join(', ')}`);
}

const asked: Asked = { kind: 0, account: 0, counterparty: 0, amountMinor: 0, channel: 0 };

/** Undefined where it is decided as the log says. */
function decided(
  line: RiskLine,
  columns: readonly (readonly number[])[],
  i: number,
): string | undefined {
  const [, kind, channel, account, counterparty, amount, atS, decision, denied, ...how] =
    columns.map((column) => column[i] ?? 0);
  const [judged, cut, ppm, reasons] = how;
  asked.kind = kind ?? 0;
  asked.channel = channel ?? 0;
  asked.account = account ?? 0;
  asked.counterparty = counterparty ?? 0;
  asked.amountMinor = amount ?? 0;
  line.decide(asked, atS ?? 0);
  const isJudged = (line.flags & DECIDED_FLAG.judged) === 0 ? 0 : 1;
  const isCut = (line.flags & DECIDED_FLAG.cut) === 0 ? 0 : 1;
  const told = DECISIONS[decision ?? 0] ?? 'nothing';
  if (line.decision !== decision)
    return `was decided as ${told}, and decided again it is ${DECISIONS[line.decision]}`;
  if ((line.decision === DENY ? 1 : 0) !== denied)
    return `was decided as ${told} and ${denied === 1 ? '' : 'not '}declined as denied`;
  if (isJudged !== judged || isCut !== cut || line.reasons !== reasons)
    return `was decided as ${told} for other reasons than it is when decided again`;
  if (partsPerMillion(line.probability) !== ppm)
    return `was ${(ppm ?? 0) / 1e4} % likely to be fraud, and decided again it is ${line.probability * 100} %`;
  return undefined;
}

/** Undefined where it is the same, or nobody knows: the gateway did not answer, or was not the one that wrote the last of the log. */
function otherState(line: RiskLine, facts: Fields): string | undefined {
  const told = facts.get('state');
  if (told === undefined) return undefined;
  const state = fieldsOf(told, 'state');
  const isOfLog = state.get('records') === facts.get('records');
  const digest = line.digest();
  if (!isOfLog || state.get('digest') === digest) return undefined;
  return `the state of the gateway's engine at the end has the digest ${state.get('digest')}, and what its log gives has ${digest}`;
}

function lineOf({ folder }: RunDatabase): RiskLine {
  try {
    const money = readPlan(folder)?.money;
    if (money === undefined) throw new Error('the plan does not say which accounts there are');
    const agreed: AgreedRisk = agreedRisk(
      JSON.parse(readText(join(folder, RISK_LINE_FILE)) ?? 'null'),
      money,
    );
    return new RiskLine(agreed, money);
  } catch (cause) {
    throw new QueryError(
      new Error(`${RISK_LINE_FILE} cannot be read: ${messageOf(cause)}`, { cause }),
    );
  }
}
