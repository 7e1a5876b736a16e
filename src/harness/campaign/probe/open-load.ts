/**
 * Our own load of one request: it is sent when the schedule says, whatever became of those before, over as many connections. Response
 * time runs from the moment the schedule intended; what finds every connection taken waits, and its waiting counts.
 */
import { Agent, request as send } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '../../entropy/clock.js';
import type { Random } from '../../entropy/random.js';
import { constantArrivalRate } from '../../schedule/executors/constant-arrival-rate.js';
import { ALL_NUMBERS } from '../../schedule/segment.js';
import { ProbeMeter } from './meter.js';
import { type Figures, type ProbedRequest, pathOf, withFreshIds } from './request.js';

export interface OpenLoad {
  readonly request: ProbedRequest;
  readonly connections: number;
  readonly ratePerSec: number;
  readonly durationMs: number;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
}

export interface OpenFigures extends Figures {
  readonly intendedPerSec: number;
  /** Sent later than intended by more than 10 ms, though nothing kept them but this process. */
  readonly lateStarts: number;
  /** From the sending itself, for comparison: what a closed loop would have measured. */
  readonly serviceP99Us: number | null;
}

/** What is not answered so long after the end is an error. */
const GRACE_MS = 10_000;
const LATE_US = 10_000;
/** So many wait at most; what would come on top is an error at once: memory has a bound. */
const WAITING_MAX = 200_000;
const POLL_MS = 1;

/** Rates are whole numbers per time unit: in this one, as exact as a thousandth of a request a second. */
const TIME_UNIT_S = 1_000;

export async function openLoad(load: OpenLoad): Promise<OpenFigures> {
  const { clock, durationMs, connections, signal } = load;
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const [meter, service] = [new ProbeMeter(), new ProbeMeter()];
  const arrivals = arrivalsOf(load);
  const startUs = clock.nowUs();
  const sinceUs = (): number => clock.nowUs() - startUs;
  let [intended, waiting, lateStarts] = [0, 0, 0];
  const begin = (dueUs: number): void => {
    intended++;
    if (sinceUs() - dueUs > LATE_US) lateStarts++;
    if (waiting >= WAITING_MAX) {
      meter.error();
      return;
    }
    waiting++;
    once(load, agent, sinceUs, (answer) => {
      waiting--;
      if (answer === undefined) {
        meter.error();
        return;
      }
      meter.answer(sinceUs() - dueUs, answer.status);
      service.answer(sinceUs() - answer.sentUs, answer.status);
    });
  };
  while (!signal.aborted && arrivals.peekUs() < Number.POSITIVE_INFINITY) {
    const nowUs = sinceUs();
    for (let dueUs = arrivals.peekUs(); dueUs <= nowUs; dueUs = arrivals.peekUs()) {
      arrivals.take();
      begin(dueUs);
    }
    await delay(POLL_MS);
  }
  for (let waitedMs = 0; waiting > 0 && waitedMs < GRACE_MS && !signal.aborted; waitedMs += 10)
    await delay(10);
  // The answers that are still to come are errors; each is told so as its socket goes.
  agent.destroy();
  const seconds = Math.max(durationMs / 1000, 1e-3);
  const figures = meter.figures(Math.max(seconds, sinceUs() / 1e6));
  return {
    ...figures,
    errors: figures.errors + waiting,
    intendedPerSec: intended / seconds,
    lateStarts,
    serviceP99Us: service.figures(seconds).p99Us,
  };
}

function arrivalsOf({ ratePerSec, durationMs }: OpenLoad) {
  const part = constantArrivalRate.part(
    {
      name: 'constant-arrival-rate',
      rate: Math.max(1, Math.round(ratePerSec * TIME_UNIT_S)),
      timeUnitUs: TIME_UNIT_S * 1_000_000,
      durationUs: Math.round(durationMs * 1000),
      ...{ preAllocatedVus: 1, maxVus: 1 },
    },
    { startUs: 0, stripe: ALL_NUMBERS },
  );
  if (part.model !== 'open') throw new Error('a rate is an open model');
  return part.arrivals;
}

interface Answer {
  readonly status: number;
  readonly sentUs: number;
}

/** Sends one; `done` is told once: its status when the whole answer is there, undefined where there is none. */
function once(
  { request: { url, method, headers, body }, random }: OpenLoad,
  agent: Agent,
  sinceUs: () => number,
  done: (answer: Answer | undefined) => void,
): void {
  const text = body === undefined ? undefined : withFreshIds(body, random);
  let sentUs = sinceUs();
  let isOver = false;
  const end = (answer: Answer | undefined): void => {
    if (isOver) return;
    isOver = true;
    done(answer);
  };
  const sent = send(
    {
      agent,
      method,
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? 80 : Number(url.port),
      path: withFreshIds(pathOf(url), random),
      headers: {
        ...headers,
        ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
      },
    },
    (answer) => {
      answer.resume();
      answer.once('end', () => end({ status: answer.statusCode ?? 0, sentUs }));
      answer.once('error', () => end(undefined));
      answer.once('aborted', () => end(undefined));
    },
  );
  // A connection is free for it now; until then it waited.
  sent.once('socket', () => {
    sentUs = sinceUs();
  });
  sent.once('error', () => end(undefined));
  sent.end(text);
}
