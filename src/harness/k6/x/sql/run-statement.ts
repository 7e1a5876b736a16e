/** One statement of a script on one connection, measured; what fails is thrown. */
import type {
  SqlAnswer,
  SqlConnection,
  SqlFailure,
  SqlResult,
  SqlStatement,
} from '../../../ports/sql.js';
import { neverReturns } from '../../../vu/interrupted-error.js';
import type { Vu } from '../../../vu/virtual-user.js';
import { SqlError } from './sql-error.js';

const DURATION = { name: 'sql_statement_duration', kind: 'trend', isTime: true } as const;
const STATEMENTS = { name: 'sql_statements', kind: 'counter', isTime: false } as const;
const ERRORS = { name: 'sql_errors', kind: 'counter', isTime: false } as const;

/** Throws SqlError. Of a virtual user that is over it never returns. */
export async function runStatement(
  vu: Vu,
  connection: SqlConnection,
  { text, values, isInTransaction }: Omit<SqlStatement, 'verb'>,
): Promise<SqlResult> {
  const { clock, metrics } = vu.thread.host;
  const verb = verbOf(text);
  const startedUs = clock.nowUs();
  const answer: SqlAnswer = await connection.run({ text, verb, values, isInTransaction });
  if (vu.interrupted) return neverReturns();
  const tags = { statement: verb };
  metrics.add(DURATION, (clock.nowUs() - startedUs) / 1000, tags, vu);
  metrics.add(STATEMENTS, 1, tags, vu);
  if (answer.isOk) return answer;
  throw failedWith(vu, answer.failure, tags);
}

/** Counted as an error. */
export function failedWith(
  vu: Vu,
  failure: SqlFailure,
  tags: Readonly<Record<string, string>> = {},
): SqlError {
  const { phase, code, isDefinite } = failure;
  const own = { ...tags, phase, code, definite: String(isDefinite) };
  vu.thread.host.metrics.add(ERRORS, 1, own, vu);
  return new SqlError(failure);
}

/** Its first word, in lower case: `select`. Comments and brackets before it are passed over. */
export function verbOf(text: string): string {
  const [, verb = ''] = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/|\()*([a-z]+)/i.exec(text) ?? [];
  return verb.toLowerCase();
}
