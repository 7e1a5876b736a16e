/**
 * What an answer says of the operation that was asked, where the script does not say it itself:
 *
 *   HTTP   2xx                          ok
 *          400 402 404 409 422          declined
 *          no connection was made       not sent      (error codes 1100 to 1199, 1210 to 1219, 1300 to 1399)
 *          anything else, no answer     unknown
 *   gRPC   OK                           ok
 *          InvalidArgument NotFound AlreadyExists PermissionDenied FailedPrecondition OutOfRange
 *          Unauthenticated              declined
 *          anything else                unknown
 *
 * Pure.
 */
import type { LookedUp, ToldOutcome } from '../../../ports/told.js';

const HTTP_DECLINED: ReadonlySet<unknown> = new Set([400, 402, 404, 409, 422]);
const GRPC_DECLINED: ReadonlySet<unknown> = new Set([3, 5, 6, 7, 9, 11, 16]);
const GRPC_OK = 0;
const HTTP_NOT_FOUND = 404;
const GRPC_NOT_FOUND = 5;

/** Of something that is no answer at all: unknown. */
export function outcomeOf(answer: unknown): ToldOutcome {
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return 'unknown';
  const { status } = answer;
  if ('trailers' in answer) {
    if (status === GRPC_OK) return 'ok';
    return GRPC_DECLINED.has(status) ? 'declined' : 'unknown';
  }
  if (typeof status !== 'number') return 'unknown';
  if (status >= 200 && status < 300) return 'ok';
  if (HTTP_DECLINED.has(status)) return 'declined';
  const code = 'error_code' in answer ? Number(answer.error_code) : 0;
  return status === 0 && isNoConnection(code) ? 'not sent' : 'unknown';
}

/**
 * What the answer to a look-up says, where the script does not say it itself: 2xx or OK, it is there; 404 or NotFound, it is not;
 * anything else is about the asking, not about the operation.
 */
export function foundBy(answer: unknown): LookedUp['outcome'] {
  if (outcomeOf(answer) === 'ok') return 'ok';
  if (typeof answer !== 'object' || answer === null || !('status' in answer)) return 'unknown';
  const isAbsent = answer.status === ('trailers' in answer ? GRPC_NOT_FOUND : HTTP_NOT_FOUND);
  return isAbsent ? 'absent' : 'unknown';
}

/** k6's error codes: DNS, dialling, TLS handshake. */
function isNoConnection(code: number): boolean {
  const hundred = Math.floor(code / 100);
  return hundred === 11 || hundred === 13 || Math.floor(code / 10) === 121;
}
