/** processes.json: how busy the machine and the drill's processes were, a row for each second of the load. The types are the file's format. Pure. */

export const PROCESSES_SCHEMA = 'paydrill.processes/1';

/** Over one second. */
export interface ProcessUse {
  /** CPU time per time, all its threads: 1.5 is one and a half cores. */
  readonly cores: number;
  /** CPU time per time of its busiest thread, 0..1. */
  readonly busiest_thread: number;
}

export interface ProcessesRow {
  readonly second: number;
  /** Share of all cores that was not idle, whoever used it, 0..1. */
  readonly machine: number;
  /** Share of the second in which the busiest load worker's event loop did not wait, 0..1. */
  readonly generator: number;
  /** Share of the second in which some task of the machine waited for a disk, 0..1; null where the system does not tell. */
  readonly disk_wait: number | null;
  /** By name, `harness` is the conductor with its load workers; empty where the system does not tell. */
  readonly processes: Readonly<Record<string, ProcessUse>>;
}

export function processesJson(rows: readonly ProcessesRow[]): string {
  const lines = rows.map((row) => `  ${JSON.stringify(row, rounded)}`);
  return `{ "schema": "${PROCESSES_SCHEMA}", "rows": [\n${lines.join(',\n')}\n] }\n`;
}

/** What is read from a clock of 10 ms says no more than this. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1000) / 1000 : value;
}
