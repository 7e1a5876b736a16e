/**
 * Results and refusals as HTTP answers: which status, and what is said in one line. Pure.
 *
 *   200 it took effect    402 not enough money, risk control    409 the id or the hold was used before    422 never accepted
 *   400 not an operation  503 not executed, try again           504 unknown: ask, or repeat with the same id
 *
 * 409 too where what is referred to is not known yet: whoever asks can send that, and ask again.
 */
import type { FastifyError, FastifyReply } from 'fastify';
import { RESULTS, type ResultName, SHED_RESULTS } from '../../wire/results.js';
import type { OperationResult } from './http-operation.js';
import { POSTABLE_KINDS } from './http-schemas.js';
import { OperationRefused } from './operation-refused.js';

export const BODY_BYTES_MAX = 16 * 1024;

const CONFLICTS =
  /^(exists_with_different_|pending_transfer_already_|pending_transfer_expired|reference_not_here_yet)/;

/** The HTTP status of an operation's result. */
export function statusOf(result: OperationResult): number {
  if (result.outcome === 'ok') return 200;
  if (result.outcome === 'unknown') return 504;
  if (SHED_RESULTS.has(result.code)) return 503;
  if (result.code === 'exceeds_credits' || result.code.startsWith('risk_')) return 402;
  return CONFLICTS.test(result.code) ? 409 : 422;
}

/** Of a question: 200 also where the answer is that the operation was declined. */
export function queryStatusOf(result: OperationResult): number {
  if (result.code === 'operation_not_found') return 404;
  if (SHED_RESULTS.has(result.code)) return 503;
  if (result.code === 'malformed_operation') return 400;
  if (result.outcome !== 'unknown' || result.code === 'tried') return 200;
  return result.code === 'reference_has_different_accounts' ? 422 : 504;
}

/** Of a balance: it is the account that is not there, not one that an operation named. */
export function balanceStatusOf(result: OperationResult): number {
  return result.code.endsWith('_account_not_found') ? 404 : queryStatusOf(result);
}

function meaningOf(code: string): string {
  for (const [name, row] of Object.entries(RESULTS)) if (name === code) return row.meaning;
  return code;
}

export function withError(result: OperationResult): OperationResult & { readonly error?: string } {
  return result.outcome === 'ok' ? result : { ...result, error: meaningOf(result.code) };
}

export function errorOf({ code, timestampUs }: OperationResult): {
  readonly error: string;
  readonly code: string;
  readonly timestampUs?: number;
} {
  const told = { error: meaningOf(code), code };
  return timestampUs === 0 ? told : { ...told, timestampUs };
}

/** Whatever went wrong before there was an operation. */
export function answerError(
  error: FastifyError | OperationRefused,
  reply: FastifyReply,
): FastifyReply {
  if (error instanceof OperationRefused) {
    const status = error.code === 'amount_out_of_range' ? 422 : 400;
    return reply.code(status).send({ error: error.message, code: error.code });
  }
  const [problem] = error.validation ?? [];
  if (problem !== undefined) {
    const { field, reason } = told(problem);
    const inQuery = error.validationContext === 'querystring';
    const isAmount = field === 'amountMinor' && problem.keyword !== 'required' && !inQuery;
    const code: ResultName = isAmount ? 'amount_out_of_range' : 'malformed_operation';
    const text = `${inQuery ? 'query ' : ''}${field}: ${reason}`;
    return reply.code(isAmount ? 422 : 400).send({ error: text, code });
  }
  if (error.statusCode === 413) {
    const text = `body: longer than ${BODY_BYTES_MAX} bytes`;
    return reply.code(413).send({ error: text, code: 'malformed_operation' });
  }
  if (error.statusCode === 415) {
    const text = 'content-type: send application/json';
    return reply.code(415).send({ error: text, code: 'malformed_operation' });
  }
  const status = error.statusCode ?? 500;
  const code = status < 500 ? 'malformed_operation' : 'internal_error';
  return reply.code(status).send({ error: error.message.split('\n', 1)[0] ?? '', code });
}

type Problem = NonNullable<FastifyError['validation']>[number];

/** Which field, and what is wrong with it. */
function told(problem: Problem): { readonly field: string; readonly reason: string } {
  const { keyword, params } = problem;
  const field = problem.instancePath.slice(1) || 'body';
  switch (keyword) {
    case 'required':
      return { field: String(params.missingProperty), reason: 'is missing' };
    case 'additionalProperties':
      return { field: printable(params.additionalProperty), reason: 'is no field of this' };
    case 'discriminator':
      return { field: 'kind', reason: `give one of ${POSTABLE_KINDS.join(', ')}` };
    case 'enum':
      return { field, reason: `give one of ${[params.allowedValues].flat().join(', ')}` };
    default:
      return { field, reason: problem.message ?? 'is not valid' };
  }
}

function printable(value: unknown): string {
  return JSON.stringify(String(value)).slice(1, -1).slice(0, 80);
}
