/** Load tests as shops and payment projects have them: whole scripts that use much at a time. */
import { SEE, type Snippet } from '../snippet.js';

export const SHOPS: readonly Snippet[] = [
  {
    name: 'shop-online-boutique',
    env: { FRONTEND_ADDR: '' },
    files: {
      'lib/catalogue.js': `export const PRODUCTS = ['OLJCESPC7Z', '66VCHSJNUP'];\nexport const CURRENCIES = ['EUR', 'USD'];`,
    },
    script: `import http from 'k6/http';
      import { check, group, sleep } from 'k6';
      import { Rate, Trend } from 'k6/metrics';
      import { PRODUCTS, CURRENCIES } from './lib/catalogue.js';
      const BASE = __ENV.FRONTEND_ADDR || __ENV.URL;
      const errorRate = new Rate('errors');
      const checkout = new Trend('checkout_time', true);
      const item = (list) => list[Math.floor(Math.random() * list.length)];
      export const options = {
        scenarios: {
          browse: { executor: 'shared-iterations', vus: 2, iterations: 4, exec: 'browse' },
          buy: { executor: 'per-vu-iterations', vus: 1, iterations: 2, exec: 'buy' },
        },
        thresholds: { errors: ['rate<0.01'], checkout_time: ['p(95)<30000'], 'http_req_duration{scenario:browse}': ['p(95)<30000'], 'http_req_duration{name:cart}': ['p(95)<30000'], 'checks{scenario:buy}': ['rate==1'] },
      };
      export function browse() {
        group('home', () => { const res = http.get(BASE + '/'); errorRate.add(res.status !== 200); check(res, { 'home is 200': (r) => r.status === 200 }); });
        group('product', () => { http.get(BASE + '/product/' + item(PRODUCTS), { tags: { name: 'product' } }); });
        sleep(Math.random() * 0.01);
      }
      export function buy() {
        http.post(BASE + '/setCurrency', { currency_code: item(CURRENCIES) }, { redirects: 0 });
        const cart = http.post(BASE + '/cart', { product_id: PRODUCTS[0], quantity: 2 }, { tags: { name: 'cart' } });
        const began = Date.now();
        const res = http.post(BASE + '/cart/checkout', { email: 'a@example.com', credit_card_number: '4432-8015-6152-0454', credit_card_cvv: '672' });
        checkout.add(Date.now() - began);
        check(res, { 'ordered': (r) => r.status === 200 && r.body.includes('checkout'), 'cart kept its quantity': () => cart.json('body').includes('quantity=2') });
      }`,
    expect: {
      checks: { '::home::home is 200': [4, 0], ordered: [2, 0], 'cart kept its quantity': [2, 0] },
      metrics: {
        http_reqs: { count: 14 },
        errors: { passes: 0, fails: 4 },
        iterations: { count: 6 },
      },
      thresholds: {
        'errors rate<0.01': true,
        'checkout_time p(95)<30000': true,
        'http_req_duration{scenario:browse} p(95)<30000': true,
        'http_req_duration{name:cart} p(95)<30000': true,
        'checks{scenario:buy} rate==1': true,
      },
    },
  },
  {
    name: 'shop-signed-payments',
    shows: ['k6/crypto hmac', 'k6/data SharedArray'],
    files: {
      'data/merchants.json': '{"merchants":[{"id":"m1","secret":"s1"},{"id":"m2","secret":"s2"}]}',
    },
    script: `import http from 'k6/http';
      import crypto from 'k6/crypto';
      import encoding from 'k6/encoding';
      import exec from 'k6/execution';
      import { check, fail } from 'k6';
      import { SharedArray } from 'k6/data';
      const merchants = new SharedArray('merchants', () => JSON.parse(open('./data/merchants.json')).merchants);
      export const options = { scenarios: { pay: { executor: 'per-vu-iterations', vus: 1, iterations: 2 } } };
      const sign = (secret, body) => crypto.hmac('sha256', secret, body, 'hex');
      export function setup() {
        const res = http.post(__ENV.URL + '/oauth/token', { grant_type: 'client_credentials' }, { headers: { Authorization: 'Basic ' + encoding.b64encode('client:secret') } });
        if (!check(res, { 'has a token': (r) => r.status === 200 })) fail('no token');
        return { token: res.json('headers.authorization') };
      }
      export default function ({ token }) {
        const merchant = merchants[exec.scenario.iterationInTest % merchants.length];
        const body = JSON.stringify({ merchant: merchant.id, amount: 1250 });
        const res = http.post(__ENV.URL + '/v1/payments', body, { headers: { 'Content-Type': 'application/json', Authorization: token, 'X-Signature': sign(merchant.secret, body), 'Idempotency-Key': merchant.id + '-' + exec.vu.iterationInScenario }, timeout: '5s', tags: { merchant: merchant.id } });
        check(res, { 'is signed': (r) => /^[0-9a-f]{64}$/.test(r.json('headers.x-signature')), 'is JSON': (r) => r.headers['Content-Type'].includes('json') });
      }`,
    expect: {
      asked: ['POST /oauth/token', 'POST /v1/payments', 'POST /v1/payments'],
      requests: [
        { headers: { authorization: 'Basic Y2xpZW50OnNlY3JldA==' } },
        { headers: { 'idempotency-key': 'm1-0' }, body: '{"merchant":"m1","amount":1250}' },
        { headers: { 'idempotency-key': 'm2-1' } },
      ],
      checks: { '::setup::has a token': [1, 0], 'is signed': [2, 0], 'is JSON': [2, 0] },
    },
  },
  {
    name: 'shop-sessions-and-forms',
    script: `import http from 'k6/http';
      import { check } from 'k6';
      ${SEE}
      class Page { constructor(res) { this.res = res; } get token() { return this.res.html('input[name=token]').attr('value'); } submit(fields) { return new Page(this.res.submitForm({ formSelector: '#pay', fields })); } }
      export default function () {
        http.get(__ENV.URL + '/set-cookie?session=abc');
        const page = new Page(http.get(__ENV.URL + '/page'));
        see(page.token);
        const paid = page.submit({ amount: '99' });
        check(paid.res, { 'was sent': (r) => r.json('body').includes('amount=99') && r.json('headers.cookie') === 'session=abc' });
        const vuJar = http.cookieJar(); see(vuJar.cookiesForURL(__ENV.URL).session);
        const both = http.batch([['GET', __ENV.URL + '/css'], ['GET', __ENV.URL + '/js']]); see(both.map((r) => r.json('headers.cookie')));
      }`,
    expect: {
      sees: ['t 1', ['abc'], ['session=abc', 'session=abc']],
      checks: { 'was sent': [1, 0] },
    },
  },
  {
    name: 'shop-breakpoint',
    script: `import http from 'k6/http';
      import { sleep } from 'k6';
      import exec from 'k6/execution';
      export const options = {
        discardResponseBodies: true,
        scenarios: { breakpoint: { executor: 'ramping-arrival-rate', preAllocatedVUs: 5, maxVUs: 20, startRate: 1, timeUnit: '1s', stages: [{ duration: '1s', target: 10 }, { duration: '10m', target: 10 }] } },
        thresholds: { http_req_failed: [{ threshold: 'rate<0.01', abortOnFail: true }] },
      };
      export default function () { http.get(__ENV.URL + (exec.scenario.iterationInTest < 3 ? '/' : '/status/503')); sleep(0.01); }`,
    expect: {
      exit: 99,
      says: [/threshold http_req_failed rate<0\.01 failed/],
      thresholds: { 'http_req_failed rate<0.01': false },
    },
  },
  {
    name: 'bad-servers',
    script: `import http from 'k6/http';
      import { check } from 'k6';
      export const options = { iterations: 2 };
      export default function () {
        for (const path of ['/cut', '/reset', '/garbage', '/never', '/coded/broken', '/big/3000000', '/ok'])
          check(http.get(__ENV.URL + path, { timeout: '200ms' }), { [path]: (r) => r.status === 200 && r.error === '' });
      }`,
    expect: {
      checks: {
        '/cut': [0, 2],
        '/reset': [0, 2],
        '/garbage': [0, 2],
        '/never': [0, 2],
        '/coded/broken': [0, 2],
        '/big/3000000': [2, 0],
        '/ok': [2, 0],
      },
      metrics: { iterations: { count: 2 } },
    },
  },
];
