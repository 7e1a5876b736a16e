/** A script that pays by its own requests and tells the journal: what is asked, under which id, and what came of it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openRun } from '../harness/verify/open-run.js';
import { readSummary, startDrill, writeScript } from './testing/program.js';

let folder: string;
let server: Server;
/** Id and path of what came. */
let asked: { readonly id: string; readonly path: string }[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-payments-'));
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += part.toString();
    });
    request.on('end', () => {
      const path = request.url ?? '';
      const { id } = body === '' ? { id: path } : JSON.parse(body);
      const before = asked.filter((one) => one.id === id).length;
      asked.push({ id, path });
      if (path === '/hang') return;
      if (path === '/drop' || (path === '/drop-once' && before === 0)) {
        request.socket.destroy();
        return;
      }
      response.statusCode = path === '/later' && before === 0 ? 503 : (STATUS[path] ?? 200);
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const STATUS: Readonly<Record<string, number>> = { '/poor': 402, '/busy': 503, '/gone': 404 };

interface Row {
  readonly kind: string;
  readonly amount: string;
  readonly outcome: string;
  readonly result: string | null;
  readonly attempts: number | null;
  readonly resolution: string | null;
  readonly account: string;
  readonly counterparty: string;
  readonly reference: string | null;
  readonly id: string;
  readonly [column: string]: unknown;
}

/** `options`: of the script. */
async function ran(
  body: string,
  options = 'vus: 1, iterations: 1',
): Promise<{ readonly rows: readonly Row[]; readonly log: string }> {
  const { port } = server.address() as AddressInfo;
  const script = writeScript(
    folder,
    `import http from 'k6/http';
import { check } from 'k6';
import { payments } from 'k6/x/pay';
export const options = { ${options}, thresholds: { pay_operations: ['count>0'] } };
const at = (path) => 'http://127.0.0.1:${port}' + path;
const send = (op, path) => http.post('http://127.0.0.1:${port}' + path, JSON.stringify({ id: op.id }));
export default function () { ${body} }`,
  );
  const drill = startDrill(folder, script);
  expect(await drill.ended, drill.errors() + drill.output()).toBe(0);
  const run = join(folder, 'run');
  const opened = await openRun(run, new AbortController().signal);
  try {
    const rows = await opened.database.rows(
      `select kind, amount, outcome, result, attempts, resolution, account, counterparty,
         case when reference_hi is null then null else operation_id(reference_hi, reference_lo) end as reference,
         operation_id(id_hi, id_lo) as id, receipt_legs, receipt_account_1, receipt_balance_1, receipt_version_1
       from journal order by sequence`,
    );
    return { rows: rows as unknown as Row[], log: drill.output() + drill.errors() };
  } finally {
    opened.close();
  }
}

describe('payments of a script', () => {
  test('that nothing is said of yet are in flight, and those said to be unknown are counted', async () => {
    await ran(
      `const open = payments.transfer({ from: 'alice', to: 'bob', amountMinor: 1 });
      payments.pay({ from: 'alice', to: 'shop', amountMinor: 2 }).unknown();
      http.get(at('/hang'), { timeout: '2200ms' });
      open.ok();`,
    );
    const { rows } = JSON.parse(readFileSync(join(folder, 'run', 'metrics.json'), 'utf8'));
    expect(rows[0]).toMatchObject({ in_flight: 1, unknown: 1 });
    expect(rows.at(-1)).toMatchObject({ in_flight: 0, unknown: 1 });
  });

  test('are journalled as they are told', async () => {
    const { rows } = await ran(`
      const first = payments.transfer({ from: 'alice', to: 'shop', amountMinor: 1250 });
      check(first.settle(send(first, '/pay')), { ok: (outcome) => outcome === 'ok' });
      const poor = payments.pay({ from: 'bob', to: 'shop', amountMinor: 3 });
      poor.settle(send(poor, '/poor'));
      const busy = payments.topUp({ to: 'alice', amountMinor: 7 });
      busy.settle(send(busy, '/busy'));
      const lost = payments.hold({ from: 'alice', to: 'shop', amountMinor: 5, timeoutS: 60 });
      lost.settle(send(lost, '/drop'));
      const nowhere = payments.transfer({ from: 'alice', to: 'bob', amountMinor: 2 });
      nowhere.settle(http.post('http://127.0.0.1:1/'));
      const back = payments.refund({ payment: first, amountMinor: 50 });
      back.ok();
      payments.withdraw({ from: 'alice', amountMinor: 4 }).ok();
      payments.transfer({ from: 'alice', to: 'bob', amountMinor: 9 });`);
    expect(
      rows.map(({ kind, amount, outcome, result }) => [kind, Number(amount), outcome, result]),
    ).toEqual([
      ['transfer', 1250, 'ok', 'accepted_by_target'],
      ['pay', 3, 'declined', 'declined_by_target'],
      ['topUp', 7, 'unknown', null],
      ['hold', 5, 'unknown', null],
      ['transfer', 2, 'declined', 'not_sent'],
      ['refund', 50, 'ok', 'accepted_by_target'],
      ['withdraw', 4, 'ok', 'accepted_by_target'],
      ['transfer', 9, 'unknown', null],
    ]);
    const [first, poor, , , , back, out] = rows;
    expect([out.account, Number(out.counterparty)]).toEqual([first.account, 0]);
    expect(back).toMatchObject({
      reference: first.id,
      account: first.account,
      counterparty: first.counterparty,
    });
    expect(poor.counterparty).toBe(first.counterparty);
    expect(asked.map(({ id }) => id).slice(0, 4)).toEqual(rows.slice(0, 4).map(({ id }) => id));
    const names = readFileSync(join(folder, 'run', 'names', 'part-0.jsonl'), 'utf8');
    const known = names
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(known).toEqual([
      { account: Number(first.account), name: 'alice', asset: 'CNY' },
      { account: Number(first.counterparty), name: 'shop', asset: 'CNY' },
      { account: Number(poor.account), name: 'bob', asset: 'CNY' },
    ]);
    const { operations } = readSummary(folder);
    expect(operations).toMatchObject({ attempted: 8, ok: 3, unknown: 3 });
  });

  test('attempt() asks again under the same id until it knows', async () => {
    const { rows } = await ran(`
      const op = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
      const answer = op.attempt(() => send(op, '/drop-once'));
      check(answer, { 'the last answer': (r) => r.status === 200 });
      check(op, { told: ({ outcome, attempts }) => outcome === 'ok' && attempts === 2 });
      const given = payments.transfer({ from: 'a', to: 'b', amountMinor: 1, id: 'order 7' });
      given.attempt((self) => send(self, '/drop'), { attempts: 3 });`);
    expect(rows).toMatchObject([
      { outcome: 'ok', attempts: 2 },
      { outcome: 'unknown', id: expect.stringMatching(/-/) },
    ]);
    expect(new Set(asked.slice(0, 2).map(({ id }) => id)).size).toBe(1);
    expect(asked.slice(2)).toEqual(
      Array.from({ length: 3 }, () => ({ id: 'order 7', path: '/drop' })),
    );
  });

  test('a refusal after an attempt without a word is no certainty, unless the script says so', async () => {
    const { rows } = await ran(`
      const op = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
      let n = 0;
      op.attempt(() => (n++ === 0 ? send(op, '/drop') : send(op, '/poor')));
      const sure = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
      n = 0;
      sure.attempt(() => {
        if (n++ === 0) return send(sure, '/drop');
        const answer = send(sure, '/poor');
        sure.declined();
        return answer;
      });`);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['unknown', 'declined']);
  });

  test('settleBy() takes the place of the table', async () => {
    const { rows } = await ran(`
      payments.settleBy((answer) => (answer.status === 402 ? 'ok' : 'unknown'));
      const op = payments.transfer({ from: 'a', to: 'b', amountMinor: 1, asset: 'EUR' });
      op.settle(send(op, '/poor'));
      const other = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
      other.settle(send(other, '/pay'));`);
    expect(rows.map(({ outcome }) => outcome)).toEqual(['ok', 'unknown']);
    expect(rows[0].account).not.toBe(rows[1].account);
  });

  test('what stays unknown is looked up when the load is over, by the function that the script gave for it', async () => {
    const { rows, log } = await ran(`
      const lost = (ask, by) => {
        const op = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
        op.lookUp(ask, by).settle(send(op, '/drop'));
        return op;
      };
      lost(() => http.get(at('/there')));
      lost(() => http.get(at('/gone')));
      lost(() => http.get(at('/later')));
      lost(() => {
        const first = http.get(at('/pages?1'));
        return [first.status, http.get(at('/pages?2')).status];
      }, (statuses) => (statuses.join() === '200,200' ? 'declined' : 'unknown'));
      lost(() => {
        throw new Error('nobody to ask');
      });
      lost(() => http.get(at('/there')), () => 'perhaps');
      lost(() => http.get(at('/told'))).lookUp(() => http.get(at('/there')));
      const known = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
      known.lookUp(() => http.get(at('/gone')));
      known.settle(send(known, '/pay'));
      payments.transfer({ from: 'a', to: 'b', amountMinor: 1 }).lookUp(() => http.get(at('/there')));`);
    expect(rows.map(({ outcome, result, resolution }) => [outcome, result, resolution])).toEqual([
      ['ok', 'accepted_by_target', 'look_up'],
      ['declined', 'operation_not_found', 'look_up'],
      ['ok', 'accepted_by_target', 'look_up'],
      ['declined', 'declined_by_target', 'look_up'],
      ['unknown', null, null],
      ['unknown', null, null],
      ['ok', 'accepted_by_target', 'look_up'],
      ['ok', 'accepted_by_target', 'answered'],
      ['ok', 'accepted_by_target', 'look_up'],
    ]);
    expect(log).toContain('nobody to ask');
    expect(log).toMatch(/lookUp: its function must return one of ok, declined, absent, unknown/);
    const paths = asked.map(({ path }) => path);
    expect(paths.filter((path) => path === '/later')).toHaveLength(2);
    expect(paths).not.toContain('/told');
    expect(readSummary(folder).operations).toMatchObject({
      attempted: 9,
      ok: 1,
      unknown: 8,
      unknown_looked_up: 6,
    });
  });

  test('what an interrupted iteration had asked is looked up, and nothing else of it goes on', async () => {
    const { rows } = await ran(
      `
      const op = payments.transfer({ from: 'a', to: 'b', amountMinor: 1 });
      op.lookUp(() => http.get(at('/there')));
      send(op, '/hang');
      send(op, '/too-far');`,
      "scenarios: { s: { executor: 'constant-vus', vus: 2, duration: '1s', gracefulStop: '0s' } }",
    );
    expect(rows.map(({ outcome, resolution }) => [outcome, resolution])).toEqual([
      ['ok', 'look_up'],
      ['ok', 'look_up'],
    ]);
    expect(asked.map(({ path }) => path).sort()).toEqual(['/hang', '/hang', '/there', '/there']);
  });

  test('a balance read is told with its version, or without', async () => {
    const { rows } = await ran(`
      const message = (call) => { try { call(); } catch (error) { return error.message; } };
      payments.balance({ of: 'alice' }).read({ balanceMinor: -7, version: 3 });
      const again = payments.balance({ of: 'alice' });
      again.attempt(() => {
        const answer = send(again, '/drop-once');
        if (answer.status === 200) again.read({ balanceMinor: 8 });
        return answer;
      });
      const late = payments.balance({ of: 'bob' });
      late.settle(send(late, '/pay'));
      check(message(() => late.read({ balanceMinor: 1 })), { late: (text) => /^read: it was told before that this is ok/.test(text) });
      check(message(() => payments.balance({ of: 'bob' }).read({ balanceMinor: 1.5 })), { whole: (text) => /balanceMinor must be/.test(text) });`);
    const read = ['receipt_legs', 'receipt_account_1', 'receipt_balance_1', 'receipt_version_1'];
    expect(rows).toMatchObject([
      { kind: 'balance', outcome: 'ok', result: 'created', attempts: 1 },
      { outcome: 'ok', result: 'accepted_by_target', attempts: 2 },
      { outcome: 'ok', result: 'accepted_by_target' },
      { outcome: 'unknown' },
    ]);
    const [first, again] = rows;
    expect(read.map((name) => Number(first[name]))).toEqual([1, Number(first.account), -7, 3]);
    expect(read.map((name) => Number(again[name]))).toEqual([1, Number(first.account), 8, 0]);
    expect(readSummary(folder).checks).toMatchObject([{ fails: 0 }, { fails: 0 }]);
  });

  test('a booking of any shape is told leg by leg', async () => {
    const { rows } = await ran(`
      const message = (call) => { try { call(); } catch (error) { return error.message; } };
      payments.balance({ of: 'alice' });
      payments.entry({ id: 'b-1', legs: [
        { account: 'alice', amountMinor: -30 },
        { account: 'shop', amountMinor: 20 },
        { account: 'shop', amountMinor: 10, asset: 'EUR' },
      ] }).ok();
      check(message(() => payments.entry({ legs: [] })), { none: (text) => /at least one leg/.test(text) });
      check(message(() => payments.entry({ legs: [{ account: 'a', amountMinor: 0 }] })), { nothing: (text) => /not 0/.test(text) });`);
    expect(rows).toMatchObject([{ kind: 'balance' }, { kind: 'entry', outcome: 'ok' }]);
    const lines = (name: string): readonly Record<string, unknown>[] =>
      readFileSync(join(folder, 'run', name, 'part-0.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const [alice, shop, euros] = lines('names').map(({ account }) => account);
    expect(lines('legs')).toEqual([
      { worker: 0, sequence: 1, accounts: [alice, shop, euros], amounts: [-30, 20, 10] },
    ]);
    expect([Number(rows[1].account), Number(rows[1].amount)]).toEqual([alice, 30]);
    expect(readSummary(folder).checks).toMatchObject([{ fails: 0 }, { fails: 0 }]);
  });
});
