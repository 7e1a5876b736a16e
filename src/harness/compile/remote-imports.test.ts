/** Modules by address: fetched once, from a server of this machine, kept, checked, refused. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadScript } from './load.js';
import type { RemoteImports } from './module-store.js';
import { planScript } from './plan-script.js';
import { ScriptUnderTest, scriptFile } from './testing/script-under-test.js';

let folder: string;
let server: Server;
let origin: string;
let asked: string[];
let files: Record<string, string>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paydrill-web-'));
  vi.stubEnv('XDG_CACHE_HOME', join(folder, 'cache'));
  asked = [];
  files = {};
  server = createServer(({ url = '' }, response) => {
    asked.push(url);
    if (url === '/moved.js') response.writeHead(302, { location: '/elsewhere/main.js' }).end();
    else if (files[url] === undefined) response.writeHead(404).end();
    else response.end(files[url]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const SCRIPT = (address: string): string =>
  `import { pay } from 'k6/x/pay';\nimport { n } from '${address}';\nexport default function () { pay({ payer: 1, merchant: 1, amountMinor: n }); }`;

async function amounts(address: string, remote: RemoteImports = {}): Promise<number[]> {
  const script = await ScriptUnderTest.load(SCRIPT(address), { remote });
  await script.iterate(script.users.create(1));
  return script.amounts;
}

async function refusal(address: string, remote: RemoteImports = {}): Promise<string> {
  return loadScript(scriptFile(SCRIPT(address)), { env: {}, remote }).then(
    () => 'it was loaded',
    (error) => String(error.message),
  );
}

function cached(): string[] {
  const cache = join(folder, 'cache/paydrill/modules');
  return existsSync(cache) ? readdirSync(cache).map((name) => join(cache, name)) : [];
}

describe('a module from the web', () => {
  it('is fetched once, with what it imports from beside it', async () => {
    files['/lib/main.js'] =
      "export { n } from './side/n.js'; import sleep from 'k6'; export const s = sleep;";
    files['/lib/side/n.js'] =
      "import { tell } from '../told.json'; import { more } from '/more.ts'; export const n = tell + more;";
    files['/lib/told.json'] = '{ "tell": 5 }';
    files['/more.ts'] = 'export const more: number = 1;';
    expect(await amounts(`${origin}/lib/main.js`)).toEqual([6]);
    expect(asked.sort()).toEqual(['/lib/main.js', '/lib/side/n.js', '/lib/told.json', '/more.ts']);
    expect(await amounts(`${origin}/lib/main.js`, { offline: true })).toEqual([6]);
    expect(asked).toHaveLength(4);
  });

  it('imports relative to where it was moved', async () => {
    files['/elsewhere/main.js'] = "export { n } from './n.js';";
    files['/elsewhere/n.js'] = 'export const n = 3;';
    expect(await amounts(`${origin}/moved.js`)).toEqual([3]);
    expect(await amounts(`${origin}/moved.js`, { offline: true })).toEqual([3]);
  });

  it('comes from a folder where one is named, and is asked for nowhere', async () => {
    const path = join(folder, 'jslib.k6.io/k6-utils/1.4.0/index.js');
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, 'export const n = 8;');
    expect(
      await amounts('https://jslib.k6.io/k6-utils/1.4.0/index.js', { folder, offline: true }),
    ).toEqual([8]);
    expect(cached()).toEqual([]);
  });

  it('is told by its hash, and refused where it has another', async () => {
    files['/n.js'] = 'export const n = 1;';
    const address = `${origin}/n.js`;
    const load = (remote: RemoteImports) =>
      loadScript(scriptFile(SCRIPT(address)), { env: {}, remote });
    const { remoteModules } = (await load({})).source;
    expect(remoteModules).toEqual({ [address]: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await expect(load({ sha256: remoteModules })).resolves.toBeDefined();
    expect(await refusal(address, { sha256: { [address]: '0'.repeat(64) } })).toMatch(
      /night\.ts:2:19: "http.*n\.js" is not what it was when the drill ran: its SHA-256 is /,
    );
  });

  it('is refused where its cached copy is not what was fetched', async () => {
    files['/n.js'] = 'export const n = 1;';
    await amounts(`${origin}/n.js`);
    const [file = ''] = cached();
    writeFileSync(file, readFileSync(file, 'utf8').replace('n = 1', 'n = 2'));
    expect(await refusal(`${origin}/n.js`)).toContain(`n.js" is damaged: remove ${file}`);
  });

  it('tells its own lines', async () => {
    files['/n.js'] = "\nexport const n = 1;\n  throw new Error('no luck');";
    const script = await loadScript(scriptFile(SCRIPT(`${origin}/n.js`)), { env: {} });
    await expect(planScript(script)).rejects.toThrow(
      `init code threw at ${origin}/n.js:3:9: Error: no luck`,
    );
  });

  it('opens no files', async () => {
    files['/n.js'] = "export const n = open('data.txt');";
    const script = await loadScript(scriptFile(SCRIPT(`${origin}/n.js`)), { env: {} });
    await expect(planScript(script)).rejects.toThrow(
      `${origin}/n.js:1:18: Error: open(): ${origin}/n.js is a module from the web, which opens no files`,
    );
  });

  it('makes those wait that call what waits in it', async () => {
    files['/n.js'] = `import { pay } from 'k6/x/pay';
      export class Client { send(amountMinor) { const r = pay({ payer: 1, merchant: 1, amountMinor }); return r.amountMinor; } }
      export function describe(name, body) { body(); return name; }`;
    const script = await ScriptUnderTest.load(`import { Client, describe } from '${origin}/n.js';
      const client = new Client();
      export default function () { describe('a', () => { client.send(client.send(1) + 1); }); client.send(3); }`);
    await script.iterate(script.users.create(1));
    expect(script.amounts).toEqual([1, 2, 3]);
  });
});

describe('refused with the line of the import', () => {
  it.each([
    [
      'what is not there',
      () => `${origin}/gone.js`,
      {},
      /:2:19: cannot fetch "http.*gone\.js": 404 Not Found; put a copy into the folder of --modules/,
    ],
    [
      'what is not here when nothing may be fetched',
      () => `${origin}/n.js`,
      { offline: true },
      /:2:19: "http.*n\.js" is not in the cache, and --offline fetches nothing/,
    ],
    [
      'what comes in the clear from elsewhere',
      () => 'http://example.com/n.js',
      {},
      /:2:19: cannot import "http:\/\/example\.com\/n\.js": only https, or http from this machine/,
    ],
    [
      'a server that is not there',
      () => 'http://127.0.0.1:1/n.js',
      {},
      /:2:19: cannot fetch "http:\/\/127\.0\.0\.1:1\/n\.js": (bad port|connect ECONNREFUSED)/,
    ],
  ])('%s', async (_, address, remote, message) => {
    expect(await refusal(address(), remote)).toMatch(message);
  });

  it.each([
    [
      'a file',
      "import 'file:///etc/hosts.js';",
      /cannot import "file:\/\/\/etc\/hosts\.js": a module from the web may import addresses/,
    ],
    ['a package', "import 'lodash';", /n\.js:1:8: cannot import "lodash": a module from the web/],
    ['what k6 has not', "import 'k6/x/kafka';", /n\.js:1:8: no module "k6\/x\/kafka"/],
  ])('%s, from a module of the web', async (_, text, message) => {
    files['/n.js'] = `${text} export const n = 1;`;
    const told = await refusal(`${origin}/n.js`);
    expect(told).toMatch(message);
    expect(told).toContain(origin);
  });
});
