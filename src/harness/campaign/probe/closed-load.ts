/**
 * autocannon: so many connections, each sending its next request when its last is answered. A closed loop: how fast it asks is what the
 * target decides, and while the target stands still nobody waits but those few. Its response times are measured by it, from each sending.
 */
import autocannon from 'autocannon';
import type { Random } from '../../entropy/random.js';
import { messageOf } from '../../message-of.js';
import { UserError } from '../../user-error.js';
import { ProbeMeter } from './meter.js';
import { type Figures, type ProbedRequest, pathOf, withFreshIds } from './request.js';

export interface ClosedLoad {
  readonly request: ProbedRequest;
  readonly connections: number;
  /** Requests on a connection before the first of them is answered. */
  readonly pipelining: number;
  readonly durationMs: number;
  readonly random: Random;
  readonly signal: AbortSignal;
}

/** Throws UserError where autocannon refuses what it is asked for. */
export async function closedLoad(load: ClosedLoad): Promise<Figures> {
  const meter = new ProbeMeter();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(optionsOf(load), (error: unknown, ended) =>
      error ? reject(asUserError(error)) : resolve(ended),
    );
    instance.on('response', (_client, status, _bytes, ms) => meter.answer(ms * 1000, status));
    instance.on('reqError', () => meter.error());
    const stop = (): void => instance.stop?.();
    load.signal.addEventListener('abort', stop, { once: true });
    if (load.signal.aborted) stop();
  });
  return meter.figures(Math.max(1e-3, result.duration));
}

function optionsOf({
  request,
  connections,
  pipelining,
  durationMs,
  random,
}: ClosedLoad): autocannon.Options {
  const { url, method, headers, body } = request;
  const path = pathOf(url);
  return {
    url: url.href,
    connections,
    pipelining,
    duration: durationMs / 1000,
    headers: { ...headers },
    requests: [
      {
        method: asMethod(method),
        path,
        ...(body === undefined ? {} : { body }),
        setupRequest: (sent) => ({
          ...sent,
          path: withFreshIds(path, random),
          ...(body === undefined ? {} : { body: withFreshIds(body, random) }),
        }),
      },
    ],
  };
}

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'] as const;

function asMethod(text: string): (typeof METHODS)[number] {
  const method = METHODS.find((one) => one === text);
  if (method === undefined) throw new UserError(`${text} is none of ${METHODS.join(', ')}`);
  return method;
}

function asUserError(cause: unknown): UserError {
  return new UserError(`autocannon cannot do this: ${messageOf(cause)}`, { cause });
}
