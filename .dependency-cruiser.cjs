/**
 * The arrows of ARCHITECTURE.md as data: which room may import which, and which room each third-party
 * package lives in. Types count. What is not listed is refused.
 */

/** room -> the rooms it may import, besides itself. `wire` is open to every room, `products` to every room but it. */
const ARROWS = {
  wire: [],
  products: [],
  proxy: [],
  'stack/gateway': ['stack/risk', 'stack/payments'],
  'stack/risk': [],
  'stack/payments': ['stack/ledger'],
  'stack/ledger': ['stack/store'],
  'stack/store': [],
  'harness/entropy': [],
  'harness/records': [],
  'harness/journal': ['harness/records', 'harness/ports'],
  'harness/ports': ['harness/entropy'],
  'harness/traffic': ['harness/entropy'],
  'harness/measure': ['harness/ports', 'harness/entropy'],
  'harness/outputs': ['harness/measure', 'harness/options', 'harness/ports'],
  'harness/schedule': [],
  'harness/options': ['harness/ports', 'harness/schedule'],
  'harness/vu': ['harness/ports', 'harness/options', 'harness/schedule', 'harness/entropy'],
  'harness/k6': [
    'harness/vu',
    'harness/ports',
    'harness/options',
    'harness/schedule',
    'harness/entropy',
  ],
  'harness/compile': [
    'harness/k6',
    'harness/vu',
    'harness/ports',
    'harness/options',
    'harness/schedule',
    'harness/entropy',
  ],
  'harness/http': ['harness/ports'],
  'harness/grpc': ['harness/http', 'harness/ports', 'harness/entropy'],
  'harness/websocket': ['harness/http', 'harness/ports'],
  'harness/driver': ['harness/ports', 'harness/entropy', 'harness/journal', 'harness/records'],
  'harness/sql': ['harness/http', 'harness/ports'],
  'harness/faults': ['harness/entropy'],
  'harness/targets': ['harness/faults', 'harness/books', 'harness/records'],
  'harness/load': [
    'harness/http',
    'harness/grpc',
    'harness/websocket',
    'harness/sql',
    'harness/entropy',
    'harness/compile',
    'harness/vu',
    'harness/options',
    'harness/ports',
    'harness/schedule',
    'harness/driver',
    'harness/measure',
    'harness/journal',
    'harness/records',
  ],
  'harness/books': ['harness/records'],
  'harness/own-products': ['harness/targets', 'harness/records'],
  'harness/verify': ['harness/records'],
  'harness/report': ['harness/verify'],
  'harness/ui': ['harness/report', 'harness/entropy'],
  'harness/campaign': [
    'harness/entropy',
    'harness/schedule',
    'harness/options',
    'harness/compile',
    'harness/measure',
    'harness/faults',
    'harness/drill',
    'harness/targets',
    'harness/ports',
    'harness/records',
    'harness/report',
    'harness/verify',
  ],
  'harness/drill': [
    'harness/entropy',
    'harness/ports',
    'harness/compile',
    'harness/options',
    'harness/schedule',
    'harness/load',
    'harness/driver',
    'harness/faults',
    'harness/targets',
    'harness/measure',
    'harness/outputs',
    'harness/records',
    'harness/books',
    'harness/journal',
    'harness/verify',
    'harness/report',
  ],
};

/** What any room of the harness may import: the words it shares with whoever sits at the keyboard. */
const HARNESS_WORDS = '^src/harness/(user-error|exit-codes|message-of)\\.ts$';

/** package -> the files that may import it. */
const HOMES = {
  lmdb: '^src/stack/store/',
  '@marcbachmann/cel-js': '^src/stack/risk/decide/',
  fastify: '^src/stack/gateway/',
  'prom-client': '^src/stack/gateway/',
  '@fastify/swagger': '^src/stack/gateway/',
  '@duckdb/node-api': '^src/harness/(verify|records|books)/',
  '@toondepauw/node-zstd': '^src/harness/(records|k6)/',
  hyparquet: '^src/harness/(verify|records|books)/',
  'hyparquet-writer': '^src/harness/(verify|records|books)/',
  '@opentelemetry/api': '^src/harness/outputs/',
  '@opentelemetry/resources': '^src/harness/outputs/',
  '@opentelemetry/sdk-metrics': '^src/harness/outputs/',
  '@opentelemetry/exporter-metrics-otlp-http': '^src/harness/outputs/',
  '@opentelemetry/exporter-prometheus': '^src/harness/outputs/',
  '@bufbuild/protobuf': '^src/harness/(outputs|k6/net/grpc)/',
  '@grpc/grpc-js': '^src/harness/grpc/',
  protobufjs: '^src/harness/k6/net/grpc/',
  snappyjs: '^src/harness/outputs/',
  piscina: '^src/harness/(load|drill)/',
  pg: '^src/harness/(sql|books)/',
  'pg-cursor': '^src/harness/(sql|books)/',
  mysql2: '^src/harness/(sql|books)/',
  'hdr-histogram-js': '^src/harness/measure/',
  autocannon: '^src/harness/campaign/probe/',
  ws: '^src/harness/websocket/',
  'js-md4': '^src/harness/k6/crypto/',
  'csv-parse': '^src/harness/k6/experimental/',
  'tough-cookie': '^src/harness/k6/',
  cheerio: '^src/harness/k6/html/',
  domhandler: '^src/harness/k6/html/',
  parse5: '^src/harness/k6/html/',
  'parse5-htmlparser2-tree-adapter': '^src/harness/k6/html/',
  'fastest-levenshtein': '^src/harness/options/',
  esbuild: '^src/harness/compile/',
  acorn: '^src/(harness/compile|products)/',
  'acorn-walk': '^src/harness/compile/',
  'eslint-scope': '^src/harness/compile/',
  'magic-string': '^src/harness/compile/',
  'toxiproxy-node-client': '^src/(harness/faults/|proxy/[^/]*\\.test\\.ts$)',
  commander: '^src/cli/',
  c12: '^src/(cli|harness/(targets/file|own-products))/',
  'log-update': '^src/cli/',
};

/** Tests, fuzzers, benches, and the folders of what only they use. */
const TESTS = '(\\.(test|fuzz|bench)\\.ts$|/(testing|synthetic)/)';
const SERVERS_AND_PROCESSES = '^(net|tls|http|http2|https|dgram|dns|child_process|worker_threads)$';
const inRoom = (room) => `^src/${room}/`;

const roomRules = Object.entries(ARROWS).map(([room, targets]) => ({
  name: `arrows-of-${room.replace('/', '-')}`,
  comment: `${room} may import ${['wire', 'products', ...targets].join(', ')} and nothing else of src/`,
  severity: 'error',
  from: { path: inRoom(room), pathNot: '/testing/' },
  to: {
    path: '^src/',
    pathNot: [
      inRoom(room),
      ...(room === 'wire' ? [] : [inRoom('wire'), inRoom('products')]),
      ...(room.startsWith('harness/') ? [HARNESS_WORDS] : []),
      ...targets.map(inRoom),
    ],
  },
}));

/** They look at what a drill left with the tools that its users have. */
const CROSSING_TESTS = '^src/tests/[^/]+[.]test[.]ts$';

const homeRules = Object.entries(HOMES).map(([name, home]) => ({
  name: `home-of-${name.replace('@', '').replace('/', '-')}`,
  comment: `only ${home} may import ${name}`,
  severity: 'error',
  from: { path: '^src/', pathNot: [home, CROSSING_TESTS] },
  to: { path: `node_modules/${name}/` },
}));

module.exports = {
  forbidden: [
    ...roomRules,
    ...homeRules,
    {
      name: 'arrows-of-harness',
      comment:
        'files at the top of src/harness may import its rooms and wire: the two sides meet on the wire',
      severity: 'error',
      from: { path: '^src/harness/[^/]+\\.ts$' },
      to: { path: '^src/', pathNot: ['^src/harness/', '^src/wire/', '^src/products/'] },
    },
    {
      name: 'only-cli-is-above-all',
      comment: 'nobody imports the command line but its own files and the tests that cross rooms',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/cli/', '^src/tests/'] },
      to: { path: '^src/(cli|tests)/' },
    },
    {
      name: 'drill-is-above-its-rooms',
      comment: 'rooms of the harness do not import the conductor',
      severity: 'error',
      from: { path: '^src/harness/[^/]+/' },
      to: { path: '^src/harness/[^/]+\\.ts$', pathNot: HARNESS_WORDS },
    },
    {
      name: 'unlisted-room',
      comment: 'a new room gets a line in ARROWS and in ARCHITECTURE.md',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: [
          ...Object.keys(ARROWS).map(inRoom),
          '^src/(cli|tests)/',
          '^src/harness/[^/]+\\.ts$',
        ],
      },
      to: {},
    },
    {
      name: 'unlisted-package',
      comment: 'a new package gets a home in HOMES and a sentence in the commit that adds it',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: {
        path: 'node_modules/',
        pathNot: [
          ...Object.keys(HOMES).map((name) => `node_modules/${name}/`),
          'node_modules/@types/',
        ],
      },
    },
    {
      name: 'wire-is-pure',
      comment: 'wire does no I/O; zlib is there for CRC32',
      severity: 'error',
      from: { path: inRoom('wire'), pathNot: TESTS },
      to: { dependencyTypes: ['core'], pathNot: '^zlib$' },
    },
    {
      name: 'pure-rooms-open-nothing',
      comment: 'schedule, verify and report reach no network and start nothing',
      severity: 'error',
      from: { path: '^src/harness/(schedule|verify|report)/', pathNot: TESTS },
      to: { dependencyTypes: ['core'], path: SERVERS_AND_PROCESSES },
    },
    {
      name: 'view-is-pure',
      comment: 'schedule and the view model of a report are arithmetic: no file, no socket',
      severity: 'error',
      from: { path: '^src/harness/(schedule/|report/view\\.ts$)', pathNot: TESTS },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-entropy-knows-time',
      comment: 'the other rooms of the harness are handed a clock or a generator',
      severity: 'error',
      from: { path: '^src/harness/', pathNot: ['^src/harness/entropy/', TESTS] },
      to: { dependencyTypes: ['core'], path: '^perf_hooks$' },
    },
    {
      name: 'no-circular',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'a file that nothing imports and that imports nothing is not part of the program',
      severity: 'error',
      from: { orphan: true, pathNot: ['\\.d\\.ts$', TESTS] },
      to: {},
    },
    {
      name: 'not-to-a-test',
      severity: 'error',
      from: { path: '^src/', pathNot: [TESTS, '^src/tests/'] },
      to: { path: TESTS },
    },
    {
      name: 'not-to-unresolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'not-to-dev-dependency',
      comment: 'what runs in a drill is a dependency, not a development dependency',
      severity: 'error',
      from: { path: '^src/', pathNot: TESTS },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: 'node_modules/@types/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/fixtures/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      mainFields: ['main', 'types'],
    },
  },
};
