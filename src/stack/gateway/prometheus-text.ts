/** What the gateway does now, in Prometheus' text format: the figures of `/v1/stats` under names by its conventions. */
import { Counter, Gauge, Registry } from 'prom-client';
import type { GatewayStats } from '../../wire/admin.js';

export function prometheusText(
  stats: GatewayStats,
  shards: { readonly up: number },
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
  counter(`${own}_expired_total`, 'shed: the deadline had passed', stats.expired);
  counter(`${own}_cross_shard_total`, 'went through Try/Confirm/Cancel', stats.crossShard);
  counter(`${own}_recovered_confirmed_total`, 'recovered and confirmed', stats.recoveredConfirmed);
  counter(`${own}_recovered_cancelled_total`, 'recovered and cancelled', stats.recoveredCancelled);
  counter('process_cpu_seconds_total', 'CPU time of the process', stats.cpuUs / 1e6);
  gauge('process_resident_memory_bytes', 'memory of the process', stats.rssBytes);
  return registers[0].metrics();
}
