/** What k6/http puts on the wire. */
import { SEE, type Snippet } from '../snippet.js';
import { items } from '../surface.js';

/** A form body is sent as one, with its keys sorted as Go's `url.Values` sorts them. */
const FORM = 'application/x-www-form-urlencoded';

export const HTTP_REQUESTS: readonly Snippet[] = [
  {
    name: 'http-verbs',
    shows: items('k6/http', 'get head post put patch del options request'),
    script: `import http from 'k6/http';
      const url = __ENV.URL;
      export default function () {
        http.get(url + '/a?b=c'); http.head(url + '/b'); http.post(url + '/c', 'c'); http.put(url + '/d', 'd');
        http.patch(url + '/e', 'e'); http.del(url + '/f', 'f'); http.options(url + '/g', 'g'); http.request('report', url + '/h', 'h');
      }`,
    expect: {
      asked: [
        'GET /a?b=c',
        'HEAD /b',
        'POST /c',
        'PUT /d',
        'PATCH /e',
        'DELETE /f',
        'OPTIONS /g',
        'REPORT /h',
      ],
      requests: [
        { body: '', headers: { 'accept-encoding': undefined, 'content-length': undefined } },
        { body: '' },
        ...['c', 'd', 'e', 'f', 'g', 'h'].map((body) => ({
          body,
          headers: { 'content-length': '1', 'content-type': undefined },
        })),
      ],
      metrics: { http_reqs: { count: 8 }, http_req_failed: { passes: 0, fails: 8, rate: 0 } },
    },
  },
  {
    name: 'http-named-imports',
    shows: ['k6/http get'],
    script: `import { get, post as send, del } from 'k6/http';
      import * as http from 'k6/http';
      export default () => { get(__ENV.URL + '/1'); send(__ENV.URL + '/2', null); del(__ENV.URL + '/3'); http.put(__ENV.URL + '/4'); };`,
    expect: {
      asked: ['GET /1', 'POST /2', 'DELETE /3', 'PUT /4'],
      requests: [{}, { headers: { 'content-length': '0' } }],
    },
  },
  {
    name: 'http-form-body',
    shows: ['k6/http post'],
    script: `import http from 'k6/http';
      const url = __ENV.URL;
      export default function () {
        http.post(url, { zeta: 'é', alpha: 'x y&=', list: [1, 2], none: null, yes: true, n: 1.5 });
        http.post(url, { inner: { a: 1 } });
        http.post(url, { a: 1 }, { headers: { 'content-type': 'x/y' } });
        http.post(url, JSON.stringify({ b: 1, a: 2 }), { headers: { 'Content-Type': 'application/json' } });
        http.put(url, {});
      }`,
    expect: {
      requests: [
        {
          body: 'alpha=x+y%26%3D&list=1&list=2&n=1.5&none=&yes=true&zeta=%C3%A9',
          headers: { 'content-type': FORM },
        },
        { body: 'inner=' },
        { body: 'a=1', headers: { 'content-type': 'x/y' } },
        {
          body: '{"b":1,"a":2}',
          headers: { 'content-type': 'application/json', 'content-length': '13' },
        },
        { body: '', headers: { 'content-type': FORM } },
      ],
      says: [/warn/],
    },
  },
  {
    name: 'http-binary-body',
    shows: ['k6/http post'],
    script: `import http from 'k6/http';
      export default function () {
        http.post(__ENV.URL, new Uint8Array([0, 104, 105, 255]).buffer);
        http.post(__ENV.URL, new Uint8Array([0, 104, 105]).subarray(1));
        http.post(__ENV.URL, 'grüße');
      }`,
    expect: {
      requests: [
        { body: '\u0000hi\u00ff' },
        { body: 'hi' },
        { body: 'gr\u00c3\u00bc\u00c3\u009fe' },
      ],
    },
  },
  {
    name: 'http-multipart-file',
    shows: ['k6/http file'],
    files: { 'data/logo.bin': 'bytes of a logo' },
    script: `import http from 'k6/http';
      ${SEE}
      const logo = open('./data/logo.bin', 'b');
      export default function () {
        http.post(__ENV.URL, { logo: http.file(logo, 'logo.png', 'image/png'), note: 'n "1"' });
        const file = http.file('text'); see([file.data, typeof file.filename, file.content_type]);
      }`,
    expect: {
      sees: [['text', 'string', 'application/octet-stream']],
      requests: [
        {
          headers: { 'content-type': /^multipart\/form-data; boundary=\S+$/ },
          body: /Content-Disposition: form-data; name="logo"; filename="logo.png"\r\nContent-Type: image\/png\r\n\r\nbytes of a logo\r\n[\s\S]*name="note"\r\n\r\nn "1"\r\n--\S+--\r\n$/,
        },
      ],
    },
  },
  {
    name: 'http-headers',
    shows: ['Params headers', 'option userAgent'],
    script: `import http from 'k6/http';
      export const options = { userAgent: 'shop-test/1' };
      export default function () {
        http.get(__ENV.URL, { headers: { 'x-lower': 'a', 'X-UPPER-CASE': 'b', Number: 5, Host: 'shop.test' } });
        http.get(__ENV.URL, { headers: { 'user-agent': 'mine' } });
      }`,
    expect: {
      requests: [
        {
          headers: {
            'x-lower': 'a',
            'x-upper-case': 'b',
            number: '5',
            host: 'shop.test',
            'user-agent': 'shop-test/1',
          },
        },
        { headers: { 'user-agent': 'mine' } },
      ],
    },
  },
  {
    name: 'http-compressed-body',
    shows: ['Params compression'],
    script: `import http from 'k6/http';
      ${SEE}
      export default function () {
        for (const compression of ['gzip', 'deflate', 'br', 'zstd', 'gzip, br'])
          http.post(__ENV.URL, 'x'.repeat(1000), { compression });
        try { http.post(__ENV.URL, 'x', { compression: 'lzma' }); } catch (error) { see(String(error).includes('unknown compression algorithm')); }
      }`,
    expect: {
      sees: [true],
      requests: ['gzip', 'deflate', 'br', 'zstd', 'gzip, br'].map((coding) => ({
        headers: { 'content-encoding': coding, 'content-length': /^\d\d$/ },
      })),
    },
  },
  {
    name: 'http-params-cookies',
    shows: ['Params cookies'],
    script: `import http from 'k6/http';
      export default function () {
        const jar = http.cookieJar();
        jar.set(__ENV.URL, 'theme', 'dark');
        http.get(__ENV.URL, { cookies: { lang: 'en' } });
        http.get(__ENV.URL, { cookies: { theme: { value: 'light', replace: true } } });
        http.get(__ENV.URL);
      }`,
    expect: {
      requests: [
        { headers: { cookie: /^(theme=dark; lang=en|lang=en; theme=dark)$/ } },
        { headers: { cookie: 'theme=light' } },
        { headers: { cookie: 'theme=dark' } },
      ],
    },
  },
  {
    name: 'http-cookie-jar',
    shows: [
      ...items('CookieJar', 'cookiesForURL set clear delete'),
      ...items('k6/http', 'cookieJar CookieJar'),
      ...items('Params', 'jar'),
      'Response cookies',
    ],
    script: `import http from 'k6/http';
      ${SEE}
      const url = __ENV.URL;
      export default function () {
        const res = http.get(url + '/set-cookie?session=s1&user=u1');
        see([res.cookies.session[0].value, Object.keys(res.cookies).sort()]);
        const jar = http.cookieJar();
        see(jar.cookiesForURL(url));
        http.get(url + '/again');
        jar.set(url, 'mine', 'm1', { domain: '127.0.0.1', path: '/own', max_age: 600 });
        http.get(url + '/own/x'); http.get(url + '/other');
        jar.delete(url, 'session'); see(jar.cookiesForURL(url));
        jar.clear(url); see(jar.cookiesForURL(url));
        const own = new http.CookieJar(); own.set(url, 'own', '1');
        http.get(url + '/jar', { jar: own });
      }`,
    expect: {
      sees: [['s1', ['session', 'user']], { session: ['s1'], user: ['u1'] }, { user: ['u1'] }, {}],
      requests: [
        { headers: { cookie: undefined } },
        { headers: { cookie: 'session=s1; user=u1' } },
        { url: '/own/x', headers: { cookie: /mine=m1/ } },
        { url: '/other', headers: { cookie: 'session=s1; user=u1' } },
        { headers: { cookie: 'own=1' } },
      ],
    },
  },
  {
    name: 'http-cookies-are-forgotten-each-iteration',
    shows: ['option noCookiesReset'],
    script: `import http from 'k6/http';
      export const options = { noCookiesReset: __ENV.KEEP === 'yes', scenarios: {
        a: { executor: 'per-vu-iterations', iterations: 2 } } };
      export default function () { http.get(__ENV.URL + '/set-cookie?a=1'); }`,
    expect: { requests: [{ headers: { cookie: undefined } }, { headers: { cookie: undefined } }] },
  },
  {
    name: 'http-cookies-are-kept',
    shows: ['option noCookiesReset'],
    script: `import http from 'k6/http';
      export const options = { noCookiesReset: true, iterations: 2 };
      export default function () { http.get(__ENV.URL + '/set-cookie?a=1'); }`,
    expect: { requests: [{ headers: { cookie: undefined } }, { headers: { cookie: 'a=1' } }] },
  },
  {
    name: 'http-redirects',
    shows: ['Params redirects', 'option maxRedirects'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { maxRedirects: 4 };
      export default function () {
        const res = http.get(__ENV.URL + '/redirect/2'); see([res.status, res.url.endsWith('/redirect/0')]);
        see(http.get(__ENV.URL + '/redirect/5').status);
        const none = http.get(__ENV.URL + '/redirect/5', { redirects: 0 }); see([none.status, none.headers.Location]);
        http.post(__ENV.URL + '/redirect-to?status=307&to=/kept', 'x');
        http.post(__ENV.URL + '/redirect-to?status=302&to=/got', 'x');
      }`,
    expect: {
      sees: [[200, true], 302, [302, '/redirect/4']],
      asked: [
        ...['GET /redirect/2', 'GET /redirect/1', 'GET /redirect/0'],
        ...[
          'GET /redirect/5',
          'GET /redirect/4',
          'GET /redirect/3',
          'GET /redirect/2',
          'GET /redirect/1',
          'GET /redirect/5',
        ],
        ...[
          'POST /redirect-to?status=307&to=/kept',
          'POST /kept',
          'POST /redirect-to?status=302&to=/got',
          'GET /got',
        ],
      ],
      metrics: { http_reqs: { count: 13 } },
    },
  },
  {
    name: 'http-basic-and-digest-auth',
    shows: ['Params auth'],
    script: `import http from 'k6/http';
      ${SEE}
      export default function () {
        const url = __ENV.URL.replace('//', '//user:secret@');
        see(http.get(url + '/basic').status);
        see(http.get(url + '/digest', { auth: 'digest' }).status);
        see(http.get(__ENV.URL + '/basic').status);
      }`,
    expect: {
      sees: [200, 200, 401],
      asked: ['GET /basic', 'GET /digest', 'GET /digest', 'GET /basic'],
      requests: [{ headers: { authorization: 'Basic dXNlcjpzZWNyZXQ=' } }],
    },
  },
  {
    name: 'http-auth-ntlm',
    differs: { 'Params auth': 'basic and digest; NTLM throws' },
    script: `import http from 'k6/http';
      export default function () { http.get(__ENV.URL, { auth: 'ntlm' }); }`,
    expect: { exit: 107, asked: [], says: [/auth "ntlm" is not supported/] },
  },
  {
    name: 'http-timeout',
    shows: ['Params timeout'],
    script: `import http from 'k6/http';
      ${SEE}
      export default function () {
        for (const timeout of ['50ms', 50, '0.05s']) {
          const res = http.get(__ENV.URL + '/never', { timeout });
          see([res.status, res.error, res.error_code, res.body]);
        }
        see(http.get(__ENV.URL + '/delay/5', { timeout: '30s' }).status);
      }`,
    expect: {
      sees: [...Array.from({ length: 3 }, () => [0, 'request timeout', 1050, null]), 200],
      metrics: { http_req_failed: { passes: 3, fails: 1 } },
    },
  },
  {
    name: 'http-url-template',
    shows: ['k6/http url', 'tag name', 'tag url', 'Params tags'],
    script: `import http from 'k6/http';
      export const options = { thresholds: {
        ['http_reqs{name:$' + '{}/items/$' + '{}}']: ['count==3'],
        'http_reqs{name:item}': ['count==2'],
        'http_reqs{name:one,own:x}': ['count==1'],
      } };
      export default function () {
        for (const id of [1, 2, 3]) http.get(http.url\`\${__ENV.URL}/items/\${id}\`);
        for (const id of [1, 2]) http.get(__ENV.URL + '/items/' + id, { tags: { name: 'item' } });
        http.get(__ENV.URL + '/one', { tags: { name: 'one', own: 'x' } });
      }`,
    expect: {
      asked: [
        'GET /items/1',
        'GET /items/2',
        'GET /items/3',
        'GET /items/1',
        'GET /items/2',
        'GET /one',
      ],
    },
  },
  {
    name: 'http-batch',
    shows: ['k6/http batch', 'option batch', 'option batchPerHost'],
    script: `import http from 'k6/http';
      ${SEE}
      const url = __ENV.URL;
      export const options = { batch: 10, batchPerHost: 2 };
      export default function () {
        const list = http.batch([url + '/1', ['GET', url + '/2', null, { tags: { a: 'b' } }], { method: 'POST', url: url + '/3', body: { x: 1 }, params: { headers: { 'X-A': '1' } } }, http.url\`\${url}/4\`]);
        see(list.map((res) => res.json('method') + ' ' + res.json('path')));
        see(list[2].json('headers.x-a') + ' ' + list[2].json('body'));
        const named = http.batch({ front: ['GET', url + '/5'], back: url + '/6' });
        see([Object.keys(named), named.front.json('path'), named.back.status]);
      }`,
    expect: {
      sees: [['GET /1', 'GET /2', 'POST /3', 'GET /4'], '1 x=1', [['front', 'back'], '/5', 200]],
      askedInAnyOrder: ['GET /1', 'GET /2', 'POST /3', 'GET /4', 'GET /5', 'GET /6'],
      metrics: { http_reqs: { count: 6 } },
    },
  },
  {
    name: 'http-async-request',
    shows: ['k6/http asyncRequest'],
    script: `import http from 'k6/http';
      ${SEE}
      export default async function () {
        const first = http.asyncRequest('GET', __ENV.URL + '/delay/20');
        see('on');
        const [a, b] = await Promise.all([first, http.asyncRequest('POST', __ENV.URL + '/b', 'x', { headers: { 'X-B': 'b' } })]);
        see([a.status, b.json('headers.x-b')]);
      }`,
    expect: { sees: ['on', [200, 'b']], askedInAnyOrder: ['GET /delay/20', 'POST /b'] },
  },
  {
    name: 'http-urls',
    shows: ['k6/http get'],
    script: `import http from 'k6/http';
      ${SEE}
      export default function () {
        http.get(__ENV.URL + '/a b/ü?q=x y&z=%20#part'); http.get(__ENV.URL); http.get(__ENV.URL + '?x=[1]');
        const res = http.get('not an address'); see([res.status, res.error_code]);
      }`,
    expect: {
      sees: [[0, 1020]],
      asked: ['GET /a%20b/%C3%BC?q=x%20y&z=%20', 'GET /', 'GET /?x=[1]'],
    },
  },
  {
    name: 'http-in-init-code',
    shows: ['exit 107'],
    script: `import http from 'k6/http';
      const early = http.get(__ENV.URL);
      export default function () {}`,
    expect: { exit: 107, refusal: /init/, asked: [] },
  },
];
