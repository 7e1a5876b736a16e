/** The modules of k6 that send nothing, but for encodings.ts. */
import { SEE, type Snippet, values } from '../snippet.js';
import { items } from '../surface.js';

const PAGE = `<html><head><title>Shop</title></head><body><ul id="list" data-kind="shoes" data-n="5"><li class="a first">one</li><li class="b">two <b>bold</b></li><li class="a">three</li></ul>
<form action="/pay"><input name="card" value="42"><input type="checkbox" name="keep" value="yes" checked><select name="size"><option value="s">S</option><option value="m" selected>M</option></select></form><p>end<!-- c --></p></body></html>`;

export const CORE_MODULES: readonly Snippet[] = [
  values(
    {
      name: 'html',
      shows: [
        'k6/html parseHTML',
        ...items(
          'Selection',
          `attr children closest contents data each eq filter find first get has html is last map next nextAll nextUntil not
           parent parents parentsUntil prev prevAll prevUntil serialize serializeArray serializeObject size slice text toArray val`,
        ),
      ],
      head: `import { parseHTML } from 'k6/html'; const doc = parseHTML(${JSON.stringify(PAGE)}); const li = doc.find('li');`,
    },
    [
      ["doc.find('title').text()", 'Shop'],
      ['li.size()', 3],
      ['li.eq(1).html()', 'two <b>bold</b>'],
      ['li.first().next().text()', 'two bold'],
      ["li.first().attr('class')", 'a first'],
      ["li.first().attr('none', 'otherwise')", 'otherwise'],
      ['li.last().prev().text()', 'two bold'],
      ['li.last().prevAll().size()', 2],
      ['li.first().nextAll().size()', 2],
      ["li.first().nextUntil('.a').size()", 1],
      ["li.last().prevUntil('.first').size()", 1],
      ["doc.find('li.a').map((i, s) => i + s.text())", ['0one', '1three']],
      ["li.filter('.b').text()", 'two bold'],
      ["li.filter((i, e) => e.textContent() === 'one').size()", 1],
      ["li.not('.a').text()", 'two bold'],
      ["li.is('.b')", true],
      ["doc.find('b').closest('ul').attr('id')", 'list'],
      ["doc.find('b').parent().attr('class')", 'b'],
      ["doc.find('b').parents().size()", 4],
      ["doc.find('b').parentsUntil('body').size()", 2],
      ["doc.find('#list').data('kind')", 'shoes'],
      ["doc.find('#list').data('n')", 5],
      ["doc.find('#list').children('.a').size()", 2],
      ["doc.find('p').contents().size()", 2],
      ["doc.find('ul').has('b').size()", 1],
      ["doc.find('nothing').html() === undefined", true],
      ["doc.find('form').serialize()", 'card=42&keep=yes&size=m'],
      ["doc.find('form').serializeArray()[0]", { name: 'card', value: '42' }],
      ["doc.find('form').serializeObject()", { card: '42', keep: 'yes', size: 'm' }],
      ["doc.find('select').val()", 'm'],
      ['li.toArray().length', 3],
      ['li.slice(1, 2).text()', 'two bold'],
      [
        '(() => { const seen = []; li.each((i, e) => seen.push(e.textContent())); return seen; })()',
        ['one', 'two bold', 'three'],
      ],
      ['li.get(0).nodeName()', 'li'],
      ["li.get(1).getAttribute('class')", 'b'],
      ["doc.find('ul').get(0).childElementCount()", 3],
    ],
  ),
  {
    name: 'timers',
    shows: [
      ...items('k6/timers', 'setTimeout clearTimeout setInterval clearInterval'),
      ...items('global', 'setTimeout clearTimeout setInterval clearInterval'),
    ],
    script: `import { setTimeout as later, clearTimeout as never, setInterval as each, clearInterval as stop } from 'k6/timers';
      ${SEE}
      export default function () {
        let n = 0;
        const id = each(() => { if (++n === 3) { stop(id); see('three'); } }, 1);
        never(later(() => see('never'), 1));
        const other = setInterval(() => { clearInterval(other); see('once'); setTimeout((word) => see(word), 5, 'last'); }, 20);
        clearTimeout(setTimeout(() => see('never'), 1));
      }`,
    expect: { seesInAnyOrder: ['three', 'once', 'last'] },
  },
  {
    name: 'timers-do-not-run-while-the-vu-waits',
    shows: ['global setTimeout'],
    script: `import { sleep } from 'k6';
      ${SEE}
      export default function () {
        setTimeout(() => see('timer'), 1);
        sleep(0.05);
        see('slept');
      }`,
    expect: { sees: ['slept', 'timer'] },
  },
  {
    name: 'jobs-run-while-the-vu-waits',
    differs: {
      'language promises':
        'what is done with a promise, `.then(...)`, may run while the VU sleeps or waits for an answer; in k6 it runs afterwards',
    },
    script: `import { sleep } from 'k6';
      ${SEE}
      export default function () { Promise.resolve().then(() => see('job')); sleep(0.01); see('slept'); }`,
    expect: { seesInAnyOrder: ['slept', 'job'] },
  },
  {
    name: 'shared-array',
    shows: ['k6/data SharedArray'],
    files: {
      'users.json': JSON.stringify([
        { name: 'Ann', tags: ['a'] },
        { name: 'Bo', tags: [] },
      ]),
      'users.csv': 'name,age\nAnn,41\nBo,17\n',
    },
    script: `import { SharedArray } from 'k6/data';
      ${SEE}
      const users = new SharedArray('users', () => JSON.parse(open('./users.json')));
      const rows = new SharedArray('rows', function () { return open('./users.csv').trim().split('\\n').slice(1).map((line) => line.split(',')); });
      export default function () {
        see([users.length, users[1].name, users.map((user) => user.name), [...rows].length, rows[0]]);
        for (const f of [() => { users[0].name = 'x'; }, () => { 'use strict'; users[0] = 1; }, () => users.push(1)])
          try { f(); see('written'); } catch (error) { see(error instanceof TypeError); }
        see([users[0] === users[0], users[9] === undefined, users.find((user) => user.name === 'Bo').tags]);
        for (const user of users) see(user.name);
      }`,
    expect: {
      sees: [
        [2, 'Bo', ['Ann', 'Bo'], 2, ['Ann', '41']],
        true,
        true,
        true,
        [false, true, []],
        'Ann',
        'Bo',
      ],
    },
  },
  {
    name: 'shared-array-of-no-array',
    shows: ['k6/data SharedArray'],
    script: `import { SharedArray } from 'k6/data';
      new SharedArray('x', () => ({}));
      export default function () {}`,
    expect: { exit: 107, refusal: /only arrays/ },
  },
  {
    name: 'custom-metrics',
    shows: items('k6/metrics', 'Counter Gauge Rate Trend'),
    script: `import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
      ${SEE}
      const counter = new Counter('my_counter'), gauge = new Gauge('my_gauge'), rate = new Rate('my_rate'), trend = new Trend('my_trend'), time = new Trend('my_time', true);
      export const options = { summaryTrendStats: ['avg', 'min', 'med', 'max', 'p(90)', 'p(99.9)', 'count'],
        thresholds: { 'my_trend{kind:b}': ['max==40'], my_counter: ['count==5', 'rate>0'], my_gauge: ['value==3'], my_rate: ['rate==0.5'] } };
      export default function () {
        counter.add(2); counter.add(3, { kind: 'a' });
        gauge.add(9); gauge.add(1); gauge.add(3);
        rate.add(true); rate.add(0); rate.add(1); rate.add(false);
        [10, 20, 30].forEach((n) => trend.add(n)); trend.add(40, { kind: 'b' });
        time.add(1500);
        see([counter.name, trend.name]);
      }`,
    expect: {
      sees: [['my_counter', 'my_trend']],
      metrics: {
        my_counter: { count: 5 },
        my_gauge: { value: 3, min: 1, max: 9 },
        my_rate: { rate: 0.5, passes: 2, fails: 2 },
        my_trend: { avg: 25, min: 10, med: 25, max: 40, 'p(90)': 37, 'p(99.9)': 39.97, count: 4 },
        my_time: { avg: 1500 },
      },
      thresholds: {
        'my_trend{kind:b} max==40': true,
        'my_counter count==5': true,
        'my_counter rate>0': true,
        'my_gauge value==3': true,
        'my_rate rate==0.5': true,
      },
      text: [/my_time\.+: avg=1\.5s/],
    },
  },
  {
    name: 'custom-metric-names',
    shows: ['k6/metrics Counter'],
    script: `import { Counter, Trend } from 'k6/metrics';
      ${SEE}
      const seen = [];
      for (const f of [() => new Counter('ok_1'), () => new Counter('ok_1'), () => new Trend('ok_1'), () => new Counter('not ok'), () => new Counter('9nine'), () => new Counter('http_reqs2')])
        try { f(); seen.push('made'); } catch (error) { seen.push('threw'); }
      export default function () {
        try { new Counter('late'); } catch (error) { seen.push('late'); }
        see(seen);
      }`,
    expect: { sees: [['made', 'made', 'threw', 'threw', 'threw', 'made', 'late']] },
  },
  {
    name: 'execution',
    shows: [
      ...items('k6/execution', 'scenario instance test vu'),
      ...items('scenario', 'name executor startTime progress iterationInInstance iterationInTest'),
      ...items(
        'instance',
        'iterationsInterrupted iterationsCompleted vusActive vusInitialized currentTestRunDuration',
      ),
      ...items('vu', 'iterationInInstance iterationInScenario idInInstance idInTest'),
      'test options',
    ],
    script: `import exec from 'k6/execution';
      import { vu, scenario as now } from 'k6/execution';
      ${SEE}
      export const options = { scenarios: { first: { executor: 'per-vu-iterations', vus: 1, iterations: 2, exec: 'run' }, then: { executor: 'shared-iterations', startTime: '600ms', exec: 'run' } } };
      export function run() {
        const { scenario, instance, test } = exec;
        see([scenario.name, scenario.executor, scenario.iterationInTest, scenario.iterationInInstance, vu.iterationInScenario, vu.iterationInInstance]);
        see([Math.abs(Date.now() - scenario.startTime) < 60000, scenario.progress >= 0 && scenario.progress <= 1, vu.idInTest === __VU, vu.idInInstance === __VU]);
        see([instance.iterationsInterrupted, instance.vusActive, instance.vusInitialized > 0, instance.currentTestRunDuration >= 0, now.name === scenario.name]);
        see([test.options.scenarios.first.exec, Object.keys(scenario).length > 4]);
      }
      export function teardown() { see(exec.instance.iterationsCompleted); }`,
    expect: {
      sees: [
        ...['first', 'first', 'then'].flatMap((name, i) => [
          i < 2 ? [name, 'per-vu-iterations', i, i, i, i] : [name, 'shared-iterations', 0, 0, 0, 2],
          [true, true, true, true],
          [0, 1, true, true, true],
          ['run', true],
        ]),
        3,
      ],
    },
  },
  {
    name: 'execution-options-of-a-shortcut',
    shows: ['test options'],
    script: `import exec from 'k6/execution';
      ${SEE}
      export const options = { stages: [{ duration: '300ms', target: 1 }, { duration: '100ms', target: 0 }], tags: { team: 'a' } };
      export default function () {
        const { stages, executor } = exec.test.options.scenarios[exec.scenario.name];
        if (__ITER === 0) see([executor, stages.map(({ duration, target }) => [duration, target]), exec.test.options.tags]);
        exec.test.abort();
      }`,
    expect: {
      exit: 108,
      sees: [
        [
          'ramping-vus',
          [
            ['300ms', 1],
            ['100ms', 0],
          ],
          { team: 'a' },
        ],
      ],
    },
  },
  {
    name: 'execution-tags',
    shows: [
      ...items('vu', 'tags metrics.tags metrics.metadata'),
      'option tags',
      'scenario-option tags',
    ],
    script: `import exec from 'k6/execution';
      import http from 'k6/http';
      import { Counter } from 'k6/metrics';
      ${SEE}
      const paid = new Counter('paid');
      export const options = { tags: { all: 'yes' }, scenarios: { a: { executor: 'shared-iterations', tags: { of: 'a' } } }, thresholds: {
        'http_reqs{all:yes,of:a,step:one}': ['count==1'], 'http_reqs{step:two}': ['count==1'], 'paid{step:two,all:yes}': ['count==1'], 'http_reqs{of:a}': ['count==3'] } };
      export default function () {
        see([exec.vu.tags.of, exec.vu.tags.all, exec.vu.tags.scenario]);
        exec.vu.tags.step = 'one'; http.get(__ENV.URL);
        exec.vu.metrics.tags.step = 'two'; http.get(__ENV.URL); paid.add(1);
        delete exec.vu.tags.step; http.get(__ENV.URL); paid.add(1);
        exec.vu.metrics.metadata.trace = 'x'; see(exec.vu.metrics.metadata.trace);
      }`,
    expect: {
      sees: [['a', 'yes', 'a'], 'x'],
      thresholds: {
        'http_reqs{all:yes,of:a,step:one} count==1': true,
        'http_reqs{step:two} count==1': true,
        'paid{step:two,all:yes} count==1': true,
        'http_reqs{of:a} count==3': true,
      },
    },
  },
  {
    name: 'console',
    shows: ['global console'],
    script: `export default function () {
        console.log('text', 5, true, null, undefined); console.log({ a: [1, { b: 2 }] }, [1, 'x']);
        console.info('100% %s', 'x'); console.warn('warned'); console.error('failed'); console.debug('fine'); console.log(() => 1); console.log(new Error('boom'));
      }`,
    expect: {
      says: [
        /info: text 5 true null undefined$/,
        /info: \{"a":\[1,\{"b":2\}\]\} \[1,"x"\]$/,
        /info: 100% %s x$/,
        /warn: warned$/,
        /error: failed$/,
        /debug: fine$/,
        /info: \[object Function\]$/,
        /info: Error: boom/,
      ],
    },
  },
];
