/**
 * One endpoint, saturated in a closed loop, then asked at the rate that was reached, and at less of it, in an open one: the same target at the
 * same rate, and two p99 that have little to do with each other. The difference is coordinated omission (Tene): a closed loop stops asking
 * while the target stands still, and so leaves out those who would have waited.
 */
import type { Clock } from '../../entropy/clock.js';
import { Random } from '../../entropy/random.js';
import { UserError } from '../../user-error.js';
import { closedLoad } from './closed-load.js';
import { type OpenFigures, openLoad } from './open-load.js';
import type { Figures, ProbedRequest } from './request.js';

export interface ProbeRun {
  readonly request: ProbedRequest;
  readonly connections: number;
  readonly pipelining: number;
  readonly durationMs: number;
  /** Shares of the rate reached, at which it is asked in an open loop. */
  readonly shares: readonly number[];
  readonly seed: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A load begins. */
  readonly onNotice: (line: string) => void;
}

export interface ProbeFacts {
  readonly url: string;
  readonly method: string;
  readonly connections: number;
  readonly pipelining: number;
  readonly durationS: number;
  readonly closed: Figures;
  readonly open: readonly (OpenFigures & { readonly share: number })[];
}

/** Throws UserError where nothing answers. */
export async function runProbe(run: ProbeRun): Promise<ProbeFacts> {
  const { request, connections, pipelining, durationMs, clock, signal, shares } = run;
  const random = new Random(run.seed);
  await refuseSilent(run, random);
  run.onNotice(`-- closed loop: autocannon, ${connections} connections, ${durationMs / 1000} s`);
  const closed = await closedLoad({ request, connections, pipelining, durationMs, random, signal });
  if (closed.answers === 0 && !signal.aborted)
    throw new UserError(`${request.url.href}: not one of autocannon's requests was answered`);
  const open: (OpenFigures & { readonly share: number })[] = [];
  for (const share of shares) {
    if (signal.aborted) break;
    const ratePerSec = closed.ratePerSec * share;
    run.onNotice(`-- open loop: ${Math.round(ratePerSec)}/s for ${durationMs / 1000} s`);
    const load = { request, connections, ratePerSec, durationMs, clock, random, signal };
    open.push({ share, ...(await openLoad(load)) });
  }
  return {
    ...{ url: request.url.href, method: request.method, connections, pipelining },
    durationS: durationMs / 1000,
    ...{ closed, open },
  };
}

/** One request before the load: who is not there is said so in one line. */
async function refuseSilent({ request, clock, signal }: ProbeRun, random: Random): Promise<void> {
  const one = { request, connections: 1, ratePerSec: 1, durationMs: 1 };
  const figures = await openLoad({ ...one, clock, random, signal });
  if (figures.answers === 0 && !signal.aborted)
    throw new UserError(
      `nothing answers at ${request.url.href}: start it, or name another address`,
    );
}
