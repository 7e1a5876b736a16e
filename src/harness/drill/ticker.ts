/** Tells whoever watches how a drill stands, four times a second, and what is known of the load so far once a second. */
import { LIVE } from '../measure/live-counters.js';
import type { DrillHooks, DrillTick, SoFar } from '../report/progress.js';
import { planDurationUs } from '../schedule/planned-rate.js';
import { LAWS } from '../verify/laws/registry.js';
import { LIST_LAW } from '../verify/lists/list-law.js';
import { OUR_LAWS } from '../verify/our-laws.js';
import type { DrillRun } from './context.js';
import { curvesOf, loadDetails } from './load-details.js';

const TICK_MS = 250;
const TICKS_A_SECOND = 4;
/** Payments a second are counted over at least so long. */
const RATE_SPAN_US = 900_000;

/** Returns how to stop it. */
export function startTicker(run: DrillRun, hooks: DrillHooks): () => void {
  const rate = new OkRate();
  let ticks = 0;
  const ticking = setInterval(() => {
    hooks.onTick(tickOf(run, rate));
    if (ticks++ % TICKS_A_SECOND === 0) hooks.onSecond(soFar(run));
  }, TICK_MS);
  return () => {
    clearInterval(ticking);
    hooks.onSecond(soFar(run));
  };
}

function soFar(run: DrillRun): SoFar {
  const { watch, busy, timeline } = run;
  return {
    rows: watch.rows,
    processes: busy.seconds,
    declinesByCode: watch.declinesByCode(),
    faults: timeline.records.map((record) => ({
      kind: record.kind,
      target: record.target,
      planned_ms: record.plannedMs,
      planned_heal_ms: record.plannedHealMs,
      ...(record.askedMs === undefined ? {} : { asked_ms: record.askedMs }),
      applied_ms: record.appliedMs ?? null,
      healed_ms: record.healedMs ?? null,
      error: record.error ?? null,
    })),
    pauses: run.pauses.facts,
    laws: { names: lawNames(run), judged: run.judged },
    details: () => loadDetails(run, watch.rows.length * 1e6, { atEnd: false }),
    curves: () => curvesOf(run),
  };
}

/** As they are reported. */
function lawNames({ setup }: DrillRun): readonly string[] {
  const ofLists = setup.source.transformed.imports['k6/x/lists'] === undefined ? [] : [LIST_LAW];
  const own = setup.riskLine === undefined ? LAWS : OUR_LAWS;
  return [...own, ...setup.laws, ...ofLists].map(({ name }) => name);
}

function tickOf(run: DrillRun, rate: OkRate): DrillTick {
  const { live, watch, timeline, setup } = run;
  const { scenarios } = setup.plan;
  const phase = run.phase();
  const loads = phase === 'load';
  const loadUs = Number.isFinite(run.load.startUs) ? Math.max(0, run.loadUs()) : 0;
  const okTotal = live.total(LIVE.ok);
  const running = scenarios.filter(
    (scenario) => loadUs >= scenario.startUs && loadUs < planDurationUs([scenario]),
  );
  return {
    phase,
    stage: loads ? running.map(({ name }) => name).join(', ') : '',
    elapsedMs: loadUs / 1000,
    totalMs: planDurationUs(scenarios) / 1000,
    paymentsPerSecNow: loads ? rate.at(loadUs, okTotal) : 0,
    plannedPerSecNow: loads ? watch.plannedPerSec(loadUs) : 0,
    p50Us: watch.last.p50,
    p99Us: watch.last.p99,
    inFlight: live.total(LIVE.inFlight),
    unknownNow: live.total(LIVE.unknown),
    lateStarts: live.total(LIVE.lateStarts),
    droppedIterations: live.total(LIVE.dropped),
    startedIterations: live.startedIterations(),
    faultsActive: timeline.active,
    okTotal,
    declinedTotal: live.total(LIVE.declined),
    notSentTotal: live.total(LIVE.notSent),
    requests: watch.requests,
  };
}

class OkRate {
  #before = { atUs: 0, ok: 0, perSec: 0 };

  at(loadUs: number, ok: number): number {
    const spanUs = loadUs - this.#before.atUs;
    if (spanUs >= RATE_SPAN_US) {
      const perSec = ((ok - this.#before.ok) * 1e6) / spanUs;
      this.#before = { atUs: loadUs, ok, perSec };
    }
    return this.#before.perSec;
  }
}
