/** What the gateway does now, in Prometheus' text format: the figures of `/v1/stats` under names by its conventions. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { GatewayStats, ShardStats } from '../../wire/admin.js';

/** `shards`: what those that are up and answered say of themselves. */
export function prometheusText(
  stats: GatewayStats,
  shards: { readonly up: number; readonly stats: readonly ShardStats[] },
): Promise<string> {
  const registers = [new Registry()];
  const counter = (name: string, help: string, value: number): void =>
    new Counter({ name, help, registers }).inc(value);
  const gauge = (name: string, help: string, value: number): void =>
    new Gauge({ name, help, registers }).set(value);
  const own = 'paydrill_gateway';
  gauge(`${own}_in_flight`, 'operations admitted and not answered yet', stats.inFlight);
  gauge(`${own}_shards_up`, 'shards that are connected', shards.up);
  counter(`${own}_admitted_total`, 'operations admitted', stats.admitted);
  counter(`${own}_not_admitted_total`, 'shed: too much in flight', stats.notAdmitted);
  counter(
    `${own}_browned_out_total`,
    'shed: too much in flight for what is less important',
    stats.brownedOut,
  );
  counter(`${own}_expired_total`, 'shed: the deadline had passed', stats.expired);
  counter(`${own}_cross_shard_total`, 'went through Try/Confirm/Cancel', stats.crossShard);
  counter(`${own}_recovered_confirmed_total`, 'recovered and confirmed', stats.recoveredConfirmed);
  counter(`${own}_recovered_cancelled_total`, 'recovered and cancelled', stats.recoveredCancelled);
  counter(
    `${own}_risk_unwatched_total`,
    'operations of payers for whom risk control has no windows',
    stats.riskUnwatched,
  );
  counter('process_cpu_seconds_total', 'CPU time of the process', stats.cpuUs / 1e6);
  gauge('process_resident_memory_bytes', 'memory of the process', stats.rssBytes);
  shardMetrics(shards.stats, registers);
  return registers[0].metrics();
}

/** The same of each shard, with the label `shard`. */
function shardMetrics(shards: readonly ShardStats[], registers: Registry[]): void {
  const labelNames = ['shard'];
  const own = 'paydrill_shard';
  const counter = (name: string, help: string, of: (stats: ShardStats) => number): void => {
    const metric = new Counter({ name: `${own}_${name}`, help, labelNames, registers });
    for (const stats of shards) metric.inc({ shard: stats.shard }, of(stats));
  };
  const gauge = (name: string, help: string, of: (stats: ShardStats) => number | undefined) => {
    const metric = new Gauge({ name: `${own}_${name}`, help, labelNames, registers });
    for (const stats of shards) {
      const value = of(stats);
      if (value !== undefined) metric.set({ shard: stats.shard }, value);
    }
  };
  counter('entries_total', 'entries in the log', (stats) => stats.entries);
  counter('commits_total', 'batches written by this process', (stats) => stats.commits);
  counter('cpu_seconds_total', 'CPU time of the process', (stats) => stats.cpuUs / 1e6);
  counter(
    'ids_left_memory_total',
    'ids that the store answers for',
    ({ idMemory }) => idMemory.left,
  );
  gauge('ids_in_memory', 'ids in memory', ({ idMemory }) => idMemory.ids);
  gauge('ids_in_memory_max', 'ids in memory at most', ({ idMemory }) => idMemory.idsMax);
  gauge('oldest_id_age_seconds', 'age of the oldest id in memory', (s) => s.idMemory.oldestAgeS);
  gauge('id_retention_seconds', 'how long an id stays in memory at the present rate', (stats) => {
    return stats.idMemory.retentionS;
  });
  gauge('open_holds', 'holds that are open', (stats) => stats.openHolds);
  gauge(
    'open_branches',
    'tried and neither confirmed nor cancelled',
    (stats) => stats.openBranches,
  );
  gauge('resident_memory_bytes', 'memory of the process', (stats) => stats.rssBytes);
}

/** Whether a shard's answer is of a shard that tells what is asked of it here. */
export function isShardStats(answer: unknown): answer is ShardStats {
  return typeof answer === 'object' && answer !== null && 'shard' in answer && 'idMemory' in answer;
}
