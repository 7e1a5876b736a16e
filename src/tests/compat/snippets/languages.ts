/** Ways in which k6 scripts are written. */
import { SEE, type Snippet, values } from '../snippet.js';
import { items } from '../surface.js';

export const LANGUAGES: readonly Snippet[] = [
  {
    name: 'typescript',
    shows: ['language TypeScript'],
    scriptName: 'test.ts',
    files: {
      'lib/api.ts': `import http, { type RefinedResponse } from 'k6/http';\nexport enum Kind { Card = 'card' }\nexport class Api { constructor(private readonly base: string) {} pay(kind: Kind, amount: number): RefinedResponse<'text'> { return http.post(this.base + '/pay', { kind, amount: String(amount) }) as RefinedResponse<'text'>; } }`,
    },
    script: `import { check } from 'k6';
      import type { Options } from 'k6/options';
      import { Api, Kind } from './lib/api.ts';
      interface Order { readonly id: number; tags?: string[] }
      export const options: Options = { vus: 1, iterations: 1 };
      const order = { id: 5 } satisfies Order;
      export default function (): void {
        const res = new Api(__ENV.URL as string).pay(Kind.Card, order.id!);
        check(res, { 'is 200': (r): boolean => r.status === 200 });
      }`,
    expect: {
      asked: ['POST /pay'],
      requests: [{ body: 'amount=5&kind=card' }],
      checks: { 'is 200': [1, 0] },
    },
  },
  {
    name: 'commonjs',
    shows: ['language CommonJS', 'global require'],
    files: {
      'lib.js': `const http = require('k6/http');\nmodule.exports = { ask: (path) => http.get(__ENV.URL + path).status, words: require('./words.json') };`,
      'words.json': '["a"]',
    },
    script: `const { check, sleep } = require('k6');
      const lib = require('./lib.js');
      ${SEE}
      module.exports.options = { iterations: 2 };
      exports.default = function () { see([lib.ask('/x'), lib.words]); sleep(0.001); };`,
    expect: {
      asked: ['GET /x', 'GET /x'],
      sees: [
        [200, ['a']],
        [200, ['a']],
      ],
    },
  },
  {
    name: 'modules-in-files',
    shows: [
      'language relative-import',
      'language JSON-import',
      'global import.meta.resolve',
      'global open',
    ],
    files: {
      'helpers/http.js': `import http from 'k6/http';\nimport { base } from './config/base.js';\nlet calls = 0;\nexport function visit(path) { calls += 1; return http.get(base + path); }\nexport const count = () => calls;\nexport { visit as default };`,
      'helpers/config/base.js':
        'export const base = __ENV.URL;\nexport const text = open("./note.txt");',
      'helpers/config/note.txt': 'a note',
      'data.json': '{ "paths": ["/1", "/2"] }',
      'note.txt': 'another',
    },
    script: `import visit, { count } from './helpers/http.js';
      import * as config from './helpers/config/base.js';
      import data from './data.json';
      ${SEE}
      const own = open('note.txt');
      const bytes = open(import.meta.resolve('./note.txt'), 'b');
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 2, iterations: 2 } } };
      export default function () {
        for (const path of data.paths) visit(path);
        if (__ITER === 1) see([count(), config.text, own, bytes.byteLength]);
        try { open('note.txt'); see('opened'); } catch (error) { if (__ITER === 1) see('only in init code'); }
      }`,
    expect: {
      askedInAnyOrder: [
        'GET /1',
        'GET /2',
        'GET /1',
        'GET /2',
        'GET /1',
        'GET /2',
        'GET /1',
        'GET /2',
      ],
      seesInAnyOrder: [
        [4, 'a note', 'another', 7],
        [4, 'a note', 'another', 7],
        'only in init code',
        'only in init code',
      ],
    },
  },
  {
    name: 'modules-from-the-web',
    shows: ['language https-import'],
    files: {
      'web/jslib.test/k6-utils/1.4.0/index.js': `import { check as k6check } from 'k6'; import crypto from 'k6/crypto'; import { pad } from './pad.js';
        export function randomIntBetween(min, max) { return Math.floor(Math.random() * (max - min + 1) + min); }
        export function randomItem(list) { return list[Math.floor(Math.random() * list.length)]; }
        export function uuidv4() { const b = new Uint8Array(crypto.randomBytes(16)); return Array.from(b).map((x) => pad(x.toString(16))).join(''); }
        export function findBetween(content, left, right) { const at = content.indexOf(left) + left.length; return content.substring(at, content.indexOf(right, at)); }
        export function check(value, sets, tags) { return k6check(value, sets, tags); }`,
      'web/jslib.test/k6-utils/1.4.0/pad.js': 'export const pad = (text) => text.padStart(2, "0");',
      'web/jslib.test/session/1.0.0/index.js': `import http from 'k6/http';
        export class Session { constructor(base) { this.base = base; this.headers = {}; } addHeader(name, value) { this.headers[name] = value; }
          request(method, path, body) { return http.request(method, this.base + path, body, { headers: this.headers }); } get(path) { return this.request('GET', path); } post(path, body) { return this.request('POST', path, body); } }
        export function describe(name, fn) { try { fn(); return true; } catch (error) { return false; } }`,
    },
    script: `import { randomIntBetween, randomItem, uuidv4, findBetween, check } from 'https://jslib.test/k6-utils/1.4.0/index.js';
      import { Session, describe } from 'https://jslib.test/session/1.0.0/index.js';
      ${SEE}
      export default function () {
        const session = new Session(__ENV.URL);
        session.addHeader('x-own', 'z');
        const ok = describe('a page', () => { check(session.get('/page'), { 'is 200': (r) => r.status === 200 }); session.post('/b', { a: 1 }); });
        const n = randomIntBetween(1, 3);
        see([ok, n >= 1 && n <= 3, ['a', 'b'].includes(randomItem(['a', 'b'])), uuidv4().length, findBetween('<a>text</a>', '<a>', '</a>')]);
      }`,
    expect: {
      sees: [[true, true, true, 32, 'text']],
      asked: ['GET /page', 'POST /b'],
      checks: { 'is 200': [1, 0] },
      requests: [{ headers: { 'x-own': 'z' } }],
    },
  },
  {
    name: 'packages-of-npm',
    shows: ['language package-import'],
    files: {
      'node_modules/tiny/package.json': '{"name":"tiny","version":"1.0.0","main":"main.js"}',
      'node_modules/tiny/main.js': 'exports.twice = (n) => n * 2;',
    },
    script: `import { twice } from 'tiny';
      ${SEE}
      export default function () { see(twice(4)); }`,
    expect: { sees: [8] },
  },
  {
    name: 'exported-under-another-name',
    shows: ['export default', 'export exec'],
    script: `import http from 'k6/http';
      const main = () => { http.get(__ENV.URL + '/main'); };
      function other() { http.get(__ENV.URL + '/other'); }
      export { main as default, other as login };
      export const options = { scenarios: { a: { executor: 'shared-iterations' }, b: { executor: 'shared-iterations', exec: 'login', startTime: '300ms' } } };`,
    expect: { asked: ['GET /main', 'GET /other'] },
  },
  {
    name: 'async-default-function',
    shows: ['language async-default', 'export default'],
    script: `import http from 'k6/http';
      import { sleep } from 'k6';
      ${SEE}
      const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
      export default async () => {
        const res = await http.asyncRequest('GET', __ENV.URL + '/1');
        await wait(2);
        sleep(0.001);
        const next = http.get(__ENV.URL + '/2');
        see([res.status, next.status]);
      };`,
    expect: { asked: ['GET /1', 'GET /2'], sees: [[200, 200]] },
  },
  {
    name: 'promises-that-nobody-awaits',
    shows: ['language async-default'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { iterations: 2 };
      export default function () {
        http.asyncRequest('GET', __ENV.URL + '/delay/20').then((res) => see([__ITER, res.status]));
      }`,
    expect: {
      sees: [
        [0, 200],
        [1, 200],
      ],
      metrics: { iterations: { count: 2 } },
    },
  },
  {
    name: 'rejections-that-nobody-handles',
    shows: ['exit 107'],
    script: `export default async function () { Promise.reject(new Error('left behind')); }`,
    expect: { exit: 107, says: [/left behind/] },
  },
  {
    name: 'classes-closures-and-callbacks',
    shows: [
      'language classes',
      'language array-callbacks',
      'language higher-order-helpers',
      'language generators',
    ],
    script: `import http from 'k6/http';
      import { group, sleep } from 'k6';
      ${SEE}
      class Client {
        #base = __ENV.URL;
        static of() { return new this(); }
        get(path) { return http.get(this.#base + path).json('path'); }
        async later(path) { return (await http.asyncRequest('GET', this.#base + path)).json('path'); }
      }
      class Shop extends Client { get(path) { return 'shop ' + super.get(path); } }
      const timed = (name, fn) => group(name, () => { const r = fn(); sleep(0.001); return r; });
      const steps = { home: () => new Shop().get('/home'), cart: (id) => Client.of().get('/cart/' + id) };
      function* paths() { yield '/g1'; yield '/g2'; }
      export default function () {
        see(timed('home', steps.home));
        see(['1', '2'].map((id) => steps.cart(id)));
        const got = []; for (const path of paths()) got.push(Client.of().get(path)); see(got);
        ['/a', '/b'].forEach((path, i) => { got[i] = Client.of().get(path); }); see(got);
        see([3, 4].filter((n) => http.get(__ENV.URL + '/f' + n).status === 200 && n > 3));
        see([5, 6].reduce((sum, n) => sum + http.get(__ENV.URL + '/r' + n).status, 0));
        const [first, ...rest] = Object.keys(steps); see(steps[first]() + rest.length);
        let label = ''; outer: for (let i = 0; ; i++) { for (;;) { label += http.get(__ENV.URL + '/l').status; if (i === 1) break outer; continue outer; } } see(label);
        try { try { http.get(__ENV.URL + '/t'); throw new Error('x'); } finally { http.get(__ENV.URL + '/finally'); } } catch ({ message }) { see(message); }
        const { status = http.get(__ENV.URL + '/d').status } = {}; see(status);
      }`,
    expect: {
      sees: [
        'shop /home',
        ['/cart/1', '/cart/2'],
        ['/g1', '/g2'],
        ['/a', '/b'],
        [4],
        400,
        'shop /home1',
        '200200',
        'x',
        200,
      ],
      asked: [
        ...[
          '/home',
          '/cart/1',
          '/cart/2',
          '/g1',
          '/g2',
          '/a',
          '/b',
          '/f3',
          '/f4',
          '/r5',
          '/r6',
          '/home',
          '/l',
          '/l',
          '/t',
          '/finally',
          '/d',
        ].map((path) => `GET ${path}`),
      ],
    },
  },
  {
    name: 'state-of-each-vu',
    shows: items('global', '__VU __ITER __ENV global'),
    env: { WORD: 'given' },
    files: {
      'lib.js': 'let n = 0;\nexport const next = () => ++n;\nexport const kept = { list: [] };',
    },
    script: `import { next, kept } from './lib.js';
      ${SEE}
      let counter = 0;
      globalThis.own = 0;
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', vus: 3, iterations: 2 } } };
      export default function () {
        counter++; global.own++; kept.list.push(__VU); __ENV.MINE = __ENV.MINE === undefined ? 'first' : 'second';
        if (__ITER === 1) see([__VU, counter, own, next(), kept.list.length, __ENV.MINE, __ENV.WORD, __ENV.NOT_GIVEN === undefined]);
        else next();
      }`,
    expect: { seesInAnyOrder: [1, 2, 3].map((vu) => [vu, 2, 2, 2, 2, 'second', 'given', true]) },
  },
  {
    name: 'vu-numbers',
    shows: items('global', '__VU __ITER'),
    script: `${SEE}
      const made = __VU;
      export function setup() { return { vu: __VU }; }
      export default function (data) { see([made === __VU, __VU, __ITER, data.vu]); }
      export function teardown() { see(__VU); }`,
    expect: { sees: [[true, 1, 0, 0], 0] },
  },
  {
    name: 'no-default-function',
    shows: ['exit 104'],
    script: `export const options = { vus: 1 };`,
    expect: { exit: 104, refusal: /default/, asked: [] },
  },
  {
    name: 'init-code-that-throws',
    shows: ['exit 107'],
    script: `throw new Error('in init');
      export default function () {}`,
    expect: { exit: 107, refusal: /test\.js:1.*in init/ },
  },
  {
    name: 'a-script-that-is-none',
    shows: ['exit 107'],
    script: `export default function () { return 1 +; }`,
    expect: { exit: 107, refusal: /test\.js:1/ },
  },
  ...[
    'k6/browser',
    'k6/x/redis',
    'k6/experimental/timers',
    'k6/experimental/grpc',
    'k6/experimental/webcrypto',
    'k6/experimental/browser',
    'k6/experimental/tracing',
    'k6/experimental/redis',
  ].map(
    (module): Snippet => ({
      name: `refused-${module.replaceAll('/', '-')}`,
      refuses: [`module ${module.startsWith('k6/x/') ? 'k6/x/*' : module}`],
      script: `import it from '${module}';
        export default function () { it; }`,
      expect: { exit: 107, refusal: new RegExp(`test\\.js:1.*no module "${module}"`) },
    }),
  ),
  values(
    {
      name: 'no-more-globals',
      shows: ['global global'],
      head: '',
    },
    [
      ['typeof process', 'undefined'],
      ['typeof require', 'function'],
      ['typeof fetch', 'undefined'],
      ['globalThis === global', true],
    ],
  ),
];
