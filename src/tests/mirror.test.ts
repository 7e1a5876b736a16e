/** Two targets that are asked for the same: own-service beside itself, and beside itself with a bug. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { POSTGRES_BIN } from './testing/postgres.js';
import { startProgramIn } from './testing/program.js';

const OWN = resolve('scenarios/systems/own-service');

/** Nobody runs out of money, whatever comes first; bob has one account, and much to do. */
const SCRIPT = `
import http from 'k6/http';
import { payments } from 'k6/x/pay';
export const options = { scenarios: { pay: { executor: 'shared-iterations', vus: 8, iterations: 160, maxDuration: '60s' } } };
export default function () {
  const order = { from: 'bob-1', to: 'shop-' + (1 + Math.floor(Math.random() * 3)), amountMinor: 1 + Math.floor(Math.random() * 50) };
  payments.pay(order).attempt(({ id }) => http.post(__ENV.BASE_URL + '/payments', JSON.stringify({ id, ...order })));
}
`;

/** The target file of own-service with a bug planted. */
const WITH_BUG = `
import target from ${JSON.stringify(join(OWN, 'target.ts'))};
export default { ...target, processes: { ...target.processes,
  service: { ...target.processes.service, folder: ${JSON.stringify(OWN)}, command: [...target.processes.service.command, '--bug', 'lost-update'] } },
  open: target.open.map((step) => ({ ...step, file: ${JSON.stringify(`${OWN}/`)} + step.file })) };
`;

describe.skipIf(POSTGRES_BIN === undefined)(
  'run --mirror (needs PostgreSQL)',
  {
    timeout: 180_000,
  },
  () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'paydrill-mirror-'));
      writeFileSync(join(folder, 'script.js'), SCRIPT);
      writeFileSync(join(folder, 'buggy.ts'), WITH_BUG);
    });
    afterEach(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    function mirrored(second: string) {
      return startProgramIn(
        { env: { ...process.env, POSTGRES_BIN, BUG: '' } },
        ...['run', join(folder, 'script.js'), '--target', join(OWN, 'target.ts')],
        ...['--mirror', second, '--faults', 'none', '--quiet', '--seed', '4'],
        ...['--out', join(folder, 'run')],
      );
    }

    it('finds that one system beside itself has the same books', async () => {
      const run = mirrored(join(OWN, 'target.ts'));
      expect(await run.ended, run.errors()).toBe(0);
      expect(run.output()).toMatch(
        /pay: 160 asked of both; ok 160 and 160\n.*\d+ accounts, all with the same balances\n$/,
      );
    });

    it('names the accounts whose balances differ, and ends as an invalid verdict does', async () => {
      const run = mirrored(join(folder, 'buggy.ts'));
      expect(await run.ended, run.errors()).toBe(111);
      expect(run.output()).toMatch(/^bob-1 +-?\d+\.\d\d +-?\d+\.\d\d +-\d+\.\d\d +0\.00$/m);
      const mirror = JSON.parse(readFileSync(join(folder, 'run', 'mirror.json'), 'utf8'));
      expect(mirror.operations).toMatchObject([{ kind: 'pay', first_asked: 160, same: true }]);
      const accounts = mirror.differences.map(({ account }: { account: string }) => account);
      expect(accounts).toContain('bob-1');
      const summary = JSON.parse(
        readFileSync(join(folder, 'run', 'mirror', 'summary.json'), 'utf8'),
      );
      expect(summary.verdict).toBe('invalid');
    });

    it('refuses what is no target file in one line', async () => {
      const run = mirrored('reference');
      expect(await run.ended).toBe(104);
      expect(run.errors()).toMatch(
        /^paydrill: --mirror reference: it must be the path of a target file\n$/,
      );
    });
  },
);
