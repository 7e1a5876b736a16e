/** The live page in a real browser, beside a drill as its users start it. */
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestServer } from '../harness/http/testing/test-server.js';
import {
  payments,
  type Running,
  readSummary,
  startDrill,
  startProgram,
  until,
  writeFaults,
  writeScript,
} from './testing/program.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
/** Shown as what it is, or it makes an element and a console error. */
const MARKUP = '<img id="planted" src="/nowhere" onerror="console.error(1)">';

let folder: string;
let browser: Browser | undefined;
const running: Running[] = [];

beforeAll(async () => {
  if (CHROMIUM === undefined) return;
  // A browser of root's has no sandbox.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  browser = await chromium.launch({ executablePath: CHROMIUM, args });
});

afterAll(async () => {
  await browser?.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-page-'));
});

afterEach(async () => {
  for (const { process: child, ended } of running.splice(0)) {
    child.kill('SIGKILL');
    await ended;
  }
  rmSync(folder, { recursive: true, force: true });
});

function drill(duration: string, ...args: readonly string[]): Running {
  const script = `${payments(duration, 200)}\nexport function setup() { console.log('${MARKUP}'); }\n`;
  return kept(startDrill(folder, writeScript(folder, script), '--ui', '0', ...args));
}

function kept(program: Running): Running {
  running.push(program);
  return program;
}

async function urlOf(program: Running): Promise<string> {
  const url = (): string | undefined => /http:\/\/127\S+/.exec(program.errors())?.[0];
  await until(() => url() !== undefined || program.process.exitCode !== null);
  return url() ?? '';
}

/** A page of that width, and what it did that it must not. */
async function pageOf(width: number) {
  const page = await browser?.newPage({ viewport: { width, height: 900 } });
  if (page === undefined) throw new Error('no browser');
  const wrong: string[] = [];
  page.on('console', (line) => line.type() === 'error' && wrong.push(line.text()));
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') wrong.push(`asked ${request.url()}`);
  });
  return { page, wrong };
}

/** How many seconds the first chart shows. */
async function secondsShown(page: Page): Promise<number> {
  const line = page.locator('#charts figure').first().locator('polyline.line-1');
  const points = (await line.count()) === 0 ? null : await line.first().getAttribute('points');
  return points?.split(' ').length ?? 0;
}

const fits = (page: Page): Promise<boolean> =>
  page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');

describe('the live page', { timeout: 120_000 }, () => {
  test.skipIf(CHROMIUM === undefined)(
    'shows a running drill, survives a reload, applies a fault, halts and ends with its verdict (needs Chromium)',
    async () => {
      const faults = writeFaults(folder, [
        { kind: 'latency', target: 'shard-0', atMs: 1000, durationMs: 2000, ms: 20 },
        { kind: 'latency', target: 'shard-1', atMs: 50_000, durationMs: 700, ms: 20 },
      ]);
      const program = drill('60s', '--faults', faults);
      const { page, wrong } = await pageOf(400);
      await page.goto(await urlOf(program));
      await page.getByRole('heading', { name: 'Under load: plateau' }).waitFor();
      await until(async () => (await secondsShown(page)) >= 4);
      await page.getByText('1 latency shard-0').first().waitFor();
      await page.reload();
      await until(async () => (await secondsShown(page)) > 0);
      expect(await secondsShown(page)).toBeGreaterThanOrEqual(4);
      await page.getByText(MARKUP).waitFor();
      expect(await page.locator('#planted').count()).toBe(0);
      const chart = page.locator('#charts figure').first();
      await chart.locator('svg.live').focus();
      await page.keyboard.press('Home');
      await expect.poll(() => chart.locator('.readout').textContent()).toMatch(/^0:00: ackn/);
      expect(await fits(page)).toBe(true);
      await page.getByRole('button', { name: 'Apply now: latency shard-1' }).click();
      await page.getByText('over, healed, asked for').waitFor();
      await page.getByRole('button', { name: 'Halt the load' }).click();
      await page.getByRole('button', { name: 'Press again to halt' }).click();
      expect(await program.ended).toBe(105);
      const { laws, faults: played } = readSummary(folder);
      const early = { asked_ms: expect.any(Number), applied_ms: expect.any(Number), error: null };
      expect(played).toMatchObject([{ error: null }, { planned_ms: 50_000, ...early }]);
      expect(played[0]).not.toHaveProperty('asked_ms');
      await page.getByRole('heading', { name: /^valid: / }).waitFor();
      expect(await page.locator('#laws tbody tr').count()).toBe(laws.length);
      expect(wrong).toEqual([]);
      await page.close();
    },
  );

  test.skipIf(CHROMIUM === undefined)(
    'of a finished run has what the drill showed (needs Chromium)',
    async () => {
      const program = drill('3s', '--faults', 'none');
      expect(await program.ended, program.errors()).toBe(0);
      const report = kept(startProgram('report', join(folder, 'run'), '--port', '0'));
      const { page, wrong } = await pageOf(1600);
      await page.goto(await urlOf(report));
      await page.getByRole('heading', { name: /^valid: / }).waitFor();
      const { rows } = JSON.parse(readFileSync(join(folder, 'run', 'metrics.json'), 'utf8'));
      expect(await secondsShown(page)).toBe(rows.length);
      expect(await page.getByRole('button').count()).toBe(0);
      expect(await fits(page)).toBe(true);
      expect(wrong).toEqual([]);
      await page.close();
      report.process.kill('SIGINT');
      expect(await report.ended).toBe(0);
    },
  );
});

describe('the page of a script that pays nobody', { timeout: 120_000 }, () => {
  test.skipIf(CHROMIUM === undefined)(
    'shows its requests while they are made, and afterwards (needs Chromium)',
    async () => {
      const server = await startTestServer();
      const script = writeScript(
        folder,
        `import http from 'k6/http';
export const options = { vus: 2, duration: '4s' };
export default function () { http.get(__ENV.TARGET + '/delay/10'); http.get(__ENV.TARGET + '/status/404'); }`,
      );
      const program = kept(startDrill(folder, script, '--ui', '0', '-e', `TARGET=${server.url}`));
      const { page, wrong } = await pageOf(1000);
      await page.goto(await urlOf(program));
      await page.getByRole('heading', { name: 'Under load: default' }).waitFor();
      const titles = page.locator('#charts figure:visible figcaption b');
      await until(async () => (await titles.first().textContent()) === 'Requests a second');
      expect(await program.ended, program.errors()).toBe(0);
      await server.close();
      await page.getByRole('heading', { name: /^no ledger claim: / }).waitFor();
      expect(await titles.allTextContents()).toEqual([
        'Requests a second',
        'Request duration',
        expect.stringMatching(/^Percentiles of [\d,]+ times$/),
      ]);
      expect(await page.getByRole('heading', { name: 'Laws' }).count()).toBe(0);
      expect(await page.getByText('http_req_waiting').count()).toBe(1);
      expect(await fits(page)).toBe(true);
      expect(wrong).toEqual([]);
      await page.close();
    },
  );
});

describe('a pause from the page', { timeout: 120_000 }, () => {
  test.skipIf(CHROMIUM === undefined)(
    'sends nothing, is recorded and shown, and what was due then is counted (needs Chromium)',
    async () => {
      const program = drill('8s', '--faults', 'none');
      const { page, wrong } = await pageOf(900);
      await page.goto(await urlOf(program));
      await until(async () => (await secondsShown(page)) >= 1);
      await page.getByRole('button', { name: 'Pause the load' }).press('Enter');
      await page.getByRole('heading', { name: 'Paused: plateau' }).waitFor();
      await page.locator('#charts .band.pause').first().waitFor();
      await page.getByRole('button', { name: 'Go on with the load' }).click();
      await page.getByRole('heading', { name: 'Under load: plateau' }).waitFor();
      expect(await program.ended, program.errors()).toBe(0);
      const { pauses, operations, lateness, verdict } = readSummary(folder);
      const [{ from_ms: from = 0, to_ms: to = 0 } = {}] = pauses;
      const dueMs = (to ?? 0) - from;
      const { asked_pause: paused } = lateness.dropped_iterations;
      expect([pauses.length, verdict]).toEqual([1, 'valid']);
      expect(dueMs).toBeGreaterThan(500);
      // 200 a second; the orders reach the worker a moment after they are noted
      expect(Math.abs(paused - dueMs / 5)).toBeLessThan(60);
      expect(operations.dropped_iterations).toBeGreaterThanOrEqual(paused);
      expect(operations.started_iterations + operations.dropped_iterations).toBe(1600);
      await page.getByRole('heading', { name: /^valid: / }).waitFor();
      expect(await page.locator('#charts .band.pause').count()).toBeGreaterThan(0);
      expect(program.output()).toMatch(/paused from the page once, \d/);
      expect(wrong).toEqual([]);
      await page.close();
    },
  );
});

describe('the page of a drill whose books are wrong', { timeout: 120_000 }, () => {
  test.skipIf(CHROMIUM === undefined)(
    'shows each law as it is judged, and the operation that breaks one in a picture (needs Chromium)',
    async () => {
      const program = drill('3s', '--faults', 'none', '--mutant', 'lose-credit-leg');
      const { page, wrong } = await pageOf(900);
      await page.goto(await urlOf(program));
      await page.getByRole('heading', { name: /^invalid: / }).waitFor();
      expect(await program.ended).toBe(111);
      expect(await page.locator('#laws .status.broken').count()).toBeGreaterThan(0);
      await page.locator('#life svg.wide .dot').first().waitFor();
      const moments = await page.locator('#life tbody tr').count();
      expect(await page.locator('#life svg.wide .dot').count()).toBe(moments);
      expect(await fits(page)).toBe(true);
      expect(wrong).toEqual([]); // before what the page's policy complains of
      const made = await page.evaluate(`import('/picture.js').then(({ picture }) => {
        const evil = '<svg class="a" onload="x()"><a href="//evil"><text>1</text></a><script>x()</script>'
          + '<text x="1" style="fill:url(//evil)">two</text><image href="//evil"/></svg>';
        return picture(evil)[0].outerHTML;
      })`);
      expect(made).toBe('<svg class="a"><text x="1">two</text></svg>');
      await page.close();
    },
  );
});

describe('a page that cannot be had', () => {
  test('is one line and exit code 104, before anything is started', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const bound = taken.address();
    const port = String(bound !== null && typeof bound === 'object' ? bound.port : 0);
    const script = writeScript(folder, payments('3s'));
    const program = kept(startDrill(folder, script, '--ui', port));
    expect(await program.ended).toBe(104);
    taken.close();
    expect(program.errors()).toBe(
      `paydrill: port ${port} for the page is in use; name another, or 0 for any\n`,
    );
    expect(existsSync(join(folder, 'run'))).toBe(false);
  });

  test('because the script stands in the place of the port: is told so', async () => {
    const program = kept(startProgram('run', '--ui', 'night.ts'));
    expect(await program.ended).toBe(104);
    expect(program.errors()).toContain('write --ui after the script');
  });

  test('of a folder that is no run: is told so', async () => {
    const program = kept(startProgram('report', folder));
    expect(await program.ended).toBe(104);
    expect(program.errors()).toMatch(/^paydrill: .*summary\.json cannot be read: .*\n$/);
  });
});
