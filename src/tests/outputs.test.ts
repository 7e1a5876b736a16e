/** `--out` beside the run folder: what a drill tells while it runs, against what its summary says in the end. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { payments, readSummary, startDrill, until, writeScript } from './testing/program.js';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-outputs-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Point {
  readonly type: string;
  readonly metric: string;
  readonly data: { readonly value: number; readonly tags: Readonly<Record<string, string>> };
}

async function drill(...args: readonly string[]) {
  const script = writeScript(folder, payments('2s', 200));
  const running = startDrill(folder, script, '--faults', 'none', '--quiet', ...args);
  return { code: await running.ended, errors: running.errors() };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

describe('--out', { timeout: 60_000 }, () => {
  test('json and csv tell every operation once', async () => {
    const json = join(folder, 'night.json.gz');
    const csv = join(folder, 'night.csv');
    expect(await drill('--out', `json=${json}`, '--out', `csv=${csv}`)).toEqual({
      code: 0,
      errors: '',
    });
    const { operations } = readSummary(folder);
    expect(operations.ok).toBe(400);

    const lines = gunzipSync(readFileSync(json)).toString().trim().split('\n');
    const points: Point[] = lines
      .map((line) => JSON.parse(line))
      .filter(({ type }: Point) => type === 'Point');
    const valuesOf = (metric: string, stat?: string): number[] =>
      points
        .filter((point) => point.metric === metric && point.data.tags.stat === stat)
        .map(({ data }) => data.value);
    expect(sum(valuesOf('pay_operations'))).toBe(400);
    expect(sum(valuesOf('iterations'))).toBe(400);
    expect(sum(valuesOf('planned_iterations'))).toBe(400);
    expect(sum(valuesOf('pay_ok', 'passes'))).toBe(400);
    expect(sum(valuesOf('pay_response_time', 'count'))).toBe(400);
    expect(Math.min(...valuesOf('pay_response_time', 'p(99)'))).toBeGreaterThan(0);

    const rows = readFileSync(csv, 'utf8').trim().split('\n').slice(1);
    expect(rows.length).toBe(points.length);
    const counted = rows.filter((row) => row.startsWith('pay_operations,'));
    expect(sum(counted.map((row) => Number(row.split(',')[2])))).toBe(400);
  });

  test('who can be asked is asked while it runs, and who cannot be reached ends nothing', async () => {
    const probe = createServer().listen(0, '127.0.0.1');
    await once(probe, 'listening');
    const address = probe.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    probe.close();
    await once(probe, 'close');
    const at = `127.0.0.1:${address.port}`;
    const nobody = 'http://127.0.0.1:2/api/v1/write';
    const outs = [`prometheus=${at}`, `experimental-prometheus-rw=${nobody}`, 'statsd=127.0.0.1:2'];
    const args = outs.flatMap((out) => ['--out', out]);
    const script = writeScript(folder, payments('3s', 200));
    const running = startDrill(folder, script, '--faults', 'none', '--quiet', ...args);
    let paid = 0;
    await until(async () => {
      const text = await fetch(`http://${at}/metrics`).then(
        (response) => response.text(),
        () => '',
      );
      paid = Number(/^paydrill_pay_ok_passes_total (\d+)$/m.exec(text)?.[1] ?? 0);
      return paid > 0;
    });
    expect(paid).toBeLessThanOrEqual(600);
    expect(await running.ended).toBe(0);
    const log = readFileSync(join(folder, 'run', 'log.txt'), 'utf8').split('\n');
    const told = log.filter((line) => line.includes('does not take the metrics'));
    expect(told).toHaveLength(2);
    expect(told).toContainEqual(expect.stringContaining(nobody));
    expect(told).toContainEqual(expect.stringContaining('statsd 127.0.0.1:2'));
  });

  test('--log-format json: every line of standard error is an object', async () => {
    const script = writeScript(folder, payments('2s', 100));
    const running = startDrill(folder, script, '--faults', 'none', '--log-format', 'json');
    expect(await running.ended).toBe(0);
    const lines = running.errors().trim().split('\n');
    const told = lines.map((line): { readonly msg: string } => JSON.parse(line));
    expect(told[0]).toMatchObject({ level: 'info', msg: 'phase start', phase: 'start' });
    expect(told).toContainEqual(expect.objectContaining({ msg: 'load', second: 1 }));
  });

  test.each([
    ['influxdb=http://127.0.0.1:1', /no output influxdb/],
    ['json=nowhere/at/all.json', /cannot write nowhere\/at\/all\.json/],
    ['another', /A drill has one run folder/],
  ])('%s is refused in one line, before anything starts', async (out, line) => {
    const { code, errors } = await drill('--out', out);
    expect(code).toBe(104);
    expect(errors.trim().split('\n')).toEqual([expect.stringMatching(line)]);
  });
});
