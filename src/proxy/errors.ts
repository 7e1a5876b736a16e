/**
 * The one table of API errors. Every refusal of the control API is a row here or is built from one, so that
 * messages and statuses stay those of Toxiproxy 2.12 (api.go), which clients match on.
 */

export class ApiError extends Error {
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
  }

  /** `bad request body: EOF`: the row's message with what was wrong this time. */
  with(detail: string): ApiError {
    return new ApiError(`${this.message}: ${detail}`, this.status);
  }
}

export const API_ERRORS = {
  badRequestBody: new ApiError('bad request body', 400),
  missingField: new ApiError('missing required field', 400),
  invalidStream: new ApiError('stream was invalid, can be either upstream or downstream', 400),
  invalidToxicType: new ApiError('invalid toxic type', 400),
  /** Ours: Toxiproxy takes any number and dies of it when data flows (a negative rate or size). */
  invalidAttribute: new ApiError('invalid attribute', 400),
  proxyNotFound: new ApiError('proxy not found', 404),
  toxicNotFound: new ApiError('toxic not found', 404),
  proxyAlreadyExists: new ApiError('proxy already exists', 409),
  toxicAlreadyExists: new ApiError('toxic already exists', 409),
} as const;

/** An address that is none, or beyond loopback, where this server never listens: said as Go says what it cannot listen on. */
export function listenError(detail: string): ApiError {
  return new ApiError(`listen tcp${detail}`, 500);
}

/** What a failed bind says: Go's words for the two common causes, because clients show and match them. */
export function bindError(listen: string, error: NodeJS.ErrnoException): ApiError {
  const reason =
    error.code === 'EADDRINUSE'
      ? 'bind: address already in use'
      : error.code === 'EACCES'
        ? 'bind: permission denied'
        : error.code === 'EADDRNOTAVAIL'
          ? 'bind: cannot assign requested address'
          : error.message;
  return new ApiError(`listen tcp ${listen}: ${reason}`, 500);
}
