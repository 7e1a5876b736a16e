/** What a script gets back from a request. */
import { SEE, type Snippet, values } from '../snippet.js';
import { items } from '../surface.js';

const HEAD = `import http from 'k6/http'; const url = __ENV.URL;`;

export const HTTP_RESPONSES: readonly Snippet[] = [
  values(
    {
      name: 'response-fields',
      shows: [
        ...items(
          'Response',
          'body status status_text headers error error_code timings proto remote_ip remote_port request url ocsp tls_version tls_cipher_suite',
        ),
        'tag proto',
      ],
      head: HEAD,
      body: `const res = http.post(url + '/a?b=1', 'x', { headers: { 'x-own': 'z' }, cookies: { c: '1' } }); const twice = http.get(url + '/twice');`,
    },
    [
      ['res.status', 200],
      ['res.status_text', '200 OK'],
      ['res.url === url + "/a?b=1"', true],
      ['res.proto', 'HTTP/1.1'],
      ['res.remote_ip', '127.0.0.1'],
      ['String(res.remote_port) === url.split(":")[2]', true],
      ['[res.error, res.error_code]', ['', 0]],
      ['res.headers["Content-Type"]', 'application/json'],
      ['twice.headers["X-Many"]', 'a, b'],
      ['twice.body', 'twice'],
      ['typeof res.body', 'string'],
      ['res.json("body")', 'x'],
      [
        '[res.request.method, res.request.url === res.url, res.request.body, res.request.headers["X-Own"]]',
        ['POST', true, 'x', ['z']],
      ],
      ['res.request.cookies.c[0].value', '1'],
      [
        'Object.keys(res.timings).filter((key) => typeof res.timings[key] === "number").sort()',
        [
          'blocked',
          'connecting',
          'duration',
          'looking_up',
          'receiving',
          'sending',
          'tls_handshaking',
          'waiting',
        ],
      ],
      [
        'Math.abs(res.timings.duration - res.timings.sending - res.timings.waiting - res.timings.receiving) < 0.001',
        true,
      ],
      ['[res.tls_version, res.tls_cipher_suite, res.ocsp.status]', ['', '', '']],
      ['http.get(url + "/status/503").status_text', '503 Service Unavailable'],
      ['Object.keys(JSON.parse(JSON.stringify(res))).includes("timings")', true],
    ],
  ),
  values(
    {
      name: 'response-json',
      shows: ['Response json'],
      head: HEAD,
      body: `const res = http.get(url);
        res.body = JSON.stringify({ users: [{ name: 'Ann', age: 41, tags: ['a'] }, { name: 'Bo', age: 17, tags: [] }, { name: 'Cy', age: 30, tags: ['b', 'c'] }], 'a.b': 1, ok: true, none: null });
        const text = http.get(url + '/big/5');
        const threw = (f) => { try { f(); return false; } catch (error) { return true; } };`,
    },
    [
      ['res.json().users.length', 3],
      ['res.json("users.0.name")', 'Ann'],
      ['res.json("users.#")', 3],
      ['res.json("users.#.name")', ['Ann', 'Bo', 'Cy']],
      ['res.json("users.#(name==\\"Bo\\").age")', 17],
      ['res.json("users.#(age>20)#.name")', ['Ann', 'Cy']],
      ['res.json("users.#(name%\\"C*\\").tags.1")', 'c'],
      ['res.json("a\\\\.b")', 1],
      ['res.json("ok")', true],
      ['res.json("users.9.name") === undefined', true],
      ['res.json("users.#.tags.#")', [1, 0, 2]],
      ['text.json("a") === undefined', true],
      ['threw(() => text.json())', true],
    ],
  ),
  values(
    {
      name: 'response-types',
      shows: ['Params responseType', 'Response body'],
      head: HEAD,
      body: `const get = (responseType) => http.get(url + '/big/5', { responseType });`,
    },
    [
      ['get("text").body', 'xxxxx'],
      ['get("binary").body instanceof ArrayBuffer', true],
      ['get("binary").body.byteLength', 5],
      ['get("none").body === null', true],
      ['get(undefined).body', 'xxxxx'],
    ],
  ),
  {
    name: 'response-bodies-discarded',
    shows: ['option discardResponseBodies'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { discardResponseBodies: true };
      export default function () {
        see([http.get(__ENV.URL).body, http.get(__ENV.URL + '/big/3', { responseType: 'text' }).body, http.get(__ENV.URL).status]);
      }`,
    expect: { sees: [[null, 'xxx', 200]] },
  },
  values(
    { name: 'response-codings', shows: ['Response body'], head: HEAD },
    ['gzip', 'deflate', 'deflate-raw', 'br', 'zstd'].map((coding) => [
      `http.get(url + '/coded/${coding}').body`,
      'a text that was coded, a text that was coded',
    ]),
  ),
  values(
    {
      name: 'response-errors',
      shows: ['Response error', 'Response error_code'],
      head: HEAD,
      body: `const of = (address, params) => { const res = http.get(address, params); return [res.status, res.error_code, res.body]; };`,
    },
    [
      ['of("http://127.0.0.1:1/")', [0, 1212, null]],
      ['of("http://no-such-host.invalid/")[1] > 1099', true],
      ['of(url + "/reset")', [0, 1220, null]],
      ['of(url + "/status/404")', [404, 1404, '']],
      ['of(url + "/status/500")', [500, 1500, '']],
      ['of(url + "/never", { timeout: 40 })', [0, 1050, null]],
      ['of(url + "/cut")[1]', 1000],
      ['of(url + "/garbage")[0]', 0],
      ['of(url + "/coded/broken")[1]', 1701],
    ],
  ),
  {
    name: 'response-error-throws',
    shows: ['Params throw', 'option throw'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { throw: true };
      export default function () {
        try { http.get('http://127.0.0.1:1/'); } catch (error) { see('option'); }
        see(http.get('http://127.0.0.1:1/', { throw: false }).status);
        http.get('http://127.0.0.1:1/', { throw: true }); see('never');
      }`,
    expect: {
      exit: 107,
      sees: ['option', 0],
      metrics: { http_reqs: { count: 3 }, http_req_failed: { passes: 3, fails: 0 } },
    },
  },
  {
    name: 'response-callback',
    shows: [
      ...items('k6/http', 'expectedStatuses setResponseCallback'),
      'Params responseCallback',
      'tag expected_response',
      'metric http_req_failed',
    ],
    script: `import http from 'k6/http';
      http.setResponseCallback(http.expectedStatuses(404, { min: 500, max: 503 }));
      export const options = { thresholds: { 'http_reqs{expected_response:true}': ['count==3'], 'http_reqs{expected_response:false}': ['count==1'] } };
      export default function () {
        const get = (status, params) => http.get(__ENV.URL + '/status/' + status, params);
        get(404); get(503); get(200); get(200, { responseCallback: http.expectedStatuses(200) }); get(500, { responseCallback: null });
      }`,
    expect: {
      thresholds: {
        'http_reqs{expected_response:true} count==3': true,
        'http_reqs{expected_response:false} count==1': true,
      },
      metrics: { http_req_failed: { passes: 1, fails: 3 }, http_reqs: { count: 5 } },
    },
  },
  {
    name: 'response-html-links-and-forms',
    shows: ['Response html', 'Response clickLink', 'Response submitForm'],
    script: `import http from 'k6/http';
      ${SEE}
      const first = (page) => page.clickLink().json('path');
      export default function () {
        const page = http.get(__ENV.URL + '/page');
        see([page.html().find('title').text(), page.html('a').size()]);
        see(first(page));
        see(page.clickLink({ selector: 'a.to', params: { headers: { 'x-own': '1' } } }).json('headers.x-own'));
        see(page.submitForm().url.replace(__ENV.URL, ''));
        const paid = page.submitForm({ formSelector: '#pay', fields: { amount: '7' }, submitSelector: 'button' });
        see([paid.request.method, paid.status]);
      }`,
    expect: {
      sees: [['Shop', 2], '/echo?first=1', '1', '/found?go=Go&q=shoes', ['POST', 200]],
      asked: [
        'GET /page',
        'GET /echo?first=1',
        'GET /items?of=page',
        'GET /found?go=Go&q=shoes',
        'POST /paid',
      ],
      requests: [
        ...[{}, {}, {}, {}],
        {
          body: 'amount=7&currency=CNY&how=now&keep=yes&note=hi&token=t+1',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        },
      ],
    },
  },
  {
    name: 'response-over-tls',
    tls: true,
    shows: [
      'option insecureSkipTLSVerify',
      'option tlsVersion',
      'tag tls_version',
      'metric http_req_tls_handshaking',
      ...items('k6/http', 'SSL_3_0 TLS_1_0 TLS_1_1 TLS_1_2 TLS_1_3'),
    ],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { insecureSkipTLSVerify: true, tlsVersion: { min: http.TLS_1_2, max: http.TLS_1_2 }, thresholds: { 'http_reqs{tls_version:tls1.2}': ['count==1'] } };
      export default function () {
        const res = http.get(__ENV.TLS_URL + '/a');
        see([res.status, res.tls_version === http.TLS_1_2, res.tls_cipher_suite.startsWith('TLS_'), res.timings.tls_handshaking > 0]);
        see([http.SSL_3_0, http.TLS_1_0, http.TLS_1_1, http.TLS_1_2, http.TLS_1_3]);
      }`,
    expect: {
      sees: [
        [200, true, true, true],
        ['ssl3.0', 'tls1.0', 'tls1.1', 'tls1.2', 'tls1.3'],
      ],
      thresholds: { 'http_reqs{tls_version:tls1.2} count==1': true },
    },
  },
  {
    name: 'cipher-suites',
    tls: true,
    shows: ['option tlsCipherSuites'],
    script: `import http from 'k6/http';
      ${SEE}
      const chosen = 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384';
      export const options = { insecureSkipTLSVerify: true, tlsVersion: http.TLS_1_2, tlsCipherSuites: [chosen, 'TLS_RSA_WITH_RC4_128_SHA'] };
      export default function () { see(http.get(__ENV.TLS_URL).tls_cipher_suite === chosen); }`,
    expect: { sees: [true], says: [/Node has no TLS_RSA_WITH_RC4_128_SHA/] },
  },
  {
    name: 'response-of-an-untrusted-server',
    tls: true,
    shows: ['option insecureSkipTLSVerify'],
    script: `import http from 'k6/http';
      ${SEE}
      export default function () { const res = http.get(__ENV.TLS_URL); see([res.status, res.error_code]); }`,
    expect: { sees: [[0, 1310]], says: [/x509|certificate/] },
  },
  values(
    {
      name: 'response-ocsp-constants',
      differs: Object.fromEntries(
        items(
          'k6/http',
          `OCSP_STATUS_GOOD OCSP_STATUS_REVOKED OCSP_STATUS_SERVER_FAILED OCSP_STATUS_UNKNOWN OCSP_REASON_UNSPECIFIED
           OCSP_REASON_KEY_COMPROMISE OCSP_REASON_CA_COMPROMISE OCSP_REASON_AFFILIATION_CHANGED OCSP_REASON_SUPERSEDED
           OCSP_REASON_CESSATION_OF_OPERATION OCSP_REASON_CERTIFICATE_HOLD OCSP_REASON_REMOVE_FROM_CRL
           OCSP_REASON_PRIVILEGE_WITHDRAWN OCSP_REASON_AA_COMPROMISE`,
        ).map((item) => [
          item,
          'the name is there; no answer carries it, because stapled OCSP is not read',
        ]),
      ),
      head: HEAD,
    },
    [
      ['http.OCSP_STATUS_GOOD', 'good'],
      [
        '[http.OCSP_STATUS_REVOKED, http.OCSP_STATUS_SERVER_FAILED, http.OCSP_STATUS_UNKNOWN]',
        ['revoked', 'server_failed', 'unknown'],
      ],
      [
        '[http.OCSP_REASON_UNSPECIFIED, http.OCSP_REASON_KEY_COMPROMISE, http.OCSP_REASON_CA_COMPROMISE, http.OCSP_REASON_AFFILIATION_CHANGED].join()',
        'unspecified,key_compromise,ca_compromise,affiliation_changed',
      ],
      [
        '[http.OCSP_REASON_SUPERSEDED, http.OCSP_REASON_CESSATION_OF_OPERATION, http.OCSP_REASON_CERTIFICATE_HOLD].join()',
        'superseded,cessation_of_operation,certificate_hold',
      ],
      [
        '[http.OCSP_REASON_REMOVE_FROM_CRL, http.OCSP_REASON_PRIVILEGE_WITHDRAWN, http.OCSP_REASON_AA_COMPROMISE].join()',
        'remove_from_crl,privilege_withdrawn,aa_compromise',
      ],
    ],
  ),
  {
    name: 'response-from-hosts-and-blocked-names',
    shows: ['option hosts', 'option blockHostnames', 'option blacklistIPs'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { hosts: { 'shop.test': __ENV.URL.replace('http://', ''), '*.wild.test': '127.0.0.1' }, blockHostnames: ['*.blocked.test'], blacklistIPs: ['10.0.0.0/8'] };
      export default function () {
        see(http.get('http://shop.test/x').json('headers.host'));
        see(http.get('http://a.wild.test:' + __ENV.URL.split(':')[2] + '/y').status);
        see([http.get('http://a.blocked.test/').error_code, http.get('http://10.1.2.3/').error_code]);
      }`,
    expect: { sees: ['shop.test', 200, [1111, 1110]], asked: ['GET /x', 'GET /y'] },
  },
  {
    name: 'response-connections',
    shows: ['option noConnectionReuse', 'option noVUConnectionReuse'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { scenarios: { a: { executor: 'per-vu-iterations', iterations: 2 } }, noVUConnectionReuse: true };
      export default function () {
        const made = () => http.get(__ENV.URL).timings.connecting > 0;
        see([made(), made()]);
      }`,
    expect: {
      sees: [
        [true, false],
        [true, false],
      ],
    },
  },
  {
    name: 'response-no-connection-reuse',
    shows: ['option noConnectionReuse'],
    script: `import http from 'k6/http';
      ${SEE}
      export const options = { noConnectionReuse: true };
      export default function () { const made = () => http.get(__ENV.URL).timings.connecting > 0; see([made(), made()]); }`,
    expect: { sees: [[true, true]] },
  },
];
