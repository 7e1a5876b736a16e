/** docker/: every file can be read by whom it is for, commands and metrics in them are ones that there are, names match across files. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { emptyCounts } from '../harness/measure/metric-state.js';
import { METRICS, type MetricRow } from '../harness/options/metrics.js';
import { OWN_METRICS, type Sample } from '../harness/outputs/samples.js';
import { telemetryOf } from '../harness/outputs/telemetry.js';
import { parsedCommand } from './testing/parsed-command.js';

const ROOT = join(import.meta.dirname, '..', '..');
const DOCKER = join(ROOT, 'docker');
const FILES = readdirSync(DOCKER, { recursive: true, encoding: 'utf8' }).sort();
const DASHBOARD = 'grafana/dashboards/paydrill.json';

const COMPOSE = yamlOf('compose.yaml') as Compose;
const JOB = (yamlOf('k8s/job.yaml') as Job).spec.template.spec;
const [CONTAINER] = JOB.containers;
const DOCKERFILES = ['Dockerfile', 'toxiproxy.Dockerfile'];

describe('docker/', () => {
  it.each(FILES.filter((name) => /\.(ya?ml|json)$/.test(name)))('%s can be read', (name) => {
    if (name.endsWith('.json')) expect(JSON.parse(read(name))).toBeTypeOf('object');
    else expect(yamlOf(name)).toBeTypeOf('object');
  });

  it.each([
    ['compose.yaml: drill', COMPOSE.services.drill.command],
    ['compose.yaml: stack', COMPOSE.services.stack.command],
    ['k8s/job.yaml', CONTAINER.args],
    ['Dockerfile', JSON.parse(lastLine('Dockerfile', 'CMD '))],
  ])('%s has a command that there is', async (_file, words) => {
    const plain = words.map((word: string) => word.replace(/^\$\{\w+:-(.*)\}$/, '$1'));
    expect(await parsedCommand(plain)).toMatch(/^(run|stack)$/);
  });

  it('what is run in containers is a script that is there', () => {
    const [, inImage = ''] = COMPOSE.services.drill.command;
    expect(existsSync(inImage.replace('/opt/paydrill', ROOT))).toBe(true);
    const [, mounted = ''] = CONTAINER.args;
    expect(mounted).toBe('/scripts/starter.ts');
  });

  it('the ConfigMap has the starter drill as paydrill init writes it', () => {
    const { data, metadata } = yamlOf('k8s/scripts.yaml') as ConfigMap;
    expect(Object.keys(data)).toEqual(['starter.ts', 'starter.faults.json']);
    for (const [name, text] of Object.entries(data))
      expect(text).toBe(readFileSync(join(ROOT, 'scenarios', name), 'utf8'));
    expect(JOB.volumes).toContainEqual({ name: 'scripts', configMap: { name: metadata.name } });
  });

  it('the Job keeps its run folders on the volume that is claimed, and is not root', () => {
    const { metadata } = yamlOf('k8s/volume.yaml') as ConfigMap;
    const claimName = metadata.name;
    expect(JOB.volumes).toContainEqual({ name: 'reports', persistentVolumeClaim: { claimName } });
    expect(JOB.securityContext.runAsNonRoot).toBe(true);
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(CONTAINER.image).toBe(`paydrill:${version}`);
  });

  it.each(DOCKERFILES)('%s is built on exact versions, ends as nobody special', (name) => {
    const stages = [...read(name).matchAll(/^FROM (\S+)/gm)].map(([, image]) => image);
    for (const image of stages) expect(image).toMatch(/^(scratch|\w+:\d+\.\d+\.\d+-\w[\w-]*)$/);
    expect(lastLine(name, 'USER ')).toBe('1000:1000');
  });

  it('what the package has is there when the image is built', () => {
    const kept = read('Dockerfile.dockerignore')
      .split('\n')
      .flatMap((line) => (line.startsWith('!') ? [line.slice(1)] : []));
    const { files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    const published = files.filter((path: string) => !path.startsWith('!') && path !== 'dist');
    const missing = published.filter(
      (path: string) => !kept.some((name) => path === name || path.startsWith(`${name}/`)),
    );
    expect(missing).toEqual([]);
  });

  it('what is fetched for the compose file has exact versions', () => {
    for (const { image, build } of Object.values(COMPOSE.services))
      if (build === undefined) expect(image).toMatch(/:v?\d+\.\d+\.\d+$/);
  });

  it('files that are mounted or built from are there', () => {
    const paths = Object.values(COMPOSE.services).flatMap(({ build, volumes = [] }) => [
      ...volumes.map((volume) => volume.split(':')[0] ?? '').filter((path) => path.startsWith('.')),
      ...(build === undefined ? [] : [join(build.context, build.dockerfile)]),
    ]);
    expect(paths.length).toBeGreaterThan(5);
    expect(paths.filter((path) => !existsSync(join(DOCKER, path)))).toEqual([]);
  });

  it('Prometheus asks where the drill, Toxiproxy and the stack answer', () => {
    const { scrape_configs } = yamlOf('prometheus/prometheus.yaml') as Scrapes;
    const asked = scrape_configs.flatMap(({ static_configs }) =>
      static_configs.flatMap(({ targets }) => targets),
    );
    const { drill } = COMPOSE.services;
    const [, ofStack = ''] = /http:\/\/([\d.:]+)\/health/.exec(read('Dockerfile')) ?? [];
    const told = [...drill.command.map((word) => word.replace('prometheus=', '')), ofStack];
    for (const address of asked) expect(told).toContain(address);
  });

  it('the dashboard shows metrics that there are', () => {
    const names = read(DASHBOARD).match(/paydrill_\w+/g) ?? [];
    const known = exposedNames();
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });
});

/** What `--out prometheus=` tells of metrics of every kind. */
function exposedNames(): ReadonlySet<string> {
  const rows: readonly (readonly [string, MetricRow])[] = [
    ...Object.entries({ ...METRICS, ...OWN_METRICS }),
    // Unknown ones are told as how many there are.
    ['pay_unknown', { ...METRICS.pay_unknown, kind: 'gauge' }],
  ];
  const samples = rows.map(([name, row]): Sample => {
    const state = { ...emptyCounts(row.kind), values: [] };
    return {
      metric: { name, ...row, thresholds: [] },
      tags: {},
      total: state,
      interval: state,
    };
  });
  const told = telemetryOf({ unixMs: 1000, samples }, { naming: 'prometheus', startUnixMs: 0 });
  const text = new PrometheusSerializer('', false, undefined, true, true).serialize(told);
  return new Set([...text.matchAll(/^(\w+)[ {]/gm)].map(([, name = '']) => name));
}

/** What stands after the word in the last line that begins with it. */
function lastLine(name: string, word: string): string {
  const lines = read(name)
    .split('\n')
    .filter((line) => line.startsWith(word));
  return lines.at(-1)?.slice(word.length) ?? '';
}

function yamlOf(name: string): unknown {
  const [document, ...more] = parseAllDocuments(read(name), { strict: true });
  if (document === undefined || more.length > 0) throw new Error(`${name}: not one document`);
  expect([...document.errors, ...document.warnings]).toEqual([]);
  return document.toJS();
}

function read(name: string): string {
  return readFileSync(join(DOCKER, name), 'utf8');
}

interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command: readonly string[];
  readonly volumes?: readonly string[];
}

interface Compose {
  readonly services: Readonly<
    Record<'toxiproxy' | 'drill' | 'stack' | 'prometheus' | 'grafana', Service>
  >;
}

interface Job {
  readonly spec: {
    readonly template: {
      readonly spec: {
        readonly containers: readonly [
          { readonly image: string; readonly args: readonly string[] },
        ];
        readonly volumes: readonly object[];
        readonly securityContext: { readonly runAsNonRoot: boolean };
      };
    };
  };
}

interface ConfigMap {
  readonly metadata: { readonly name: string };
  readonly data: Readonly<Record<string, string>>;
}

interface Scrapes {
  readonly scrape_configs: readonly {
    readonly static_configs: readonly { readonly targets: readonly string[] }[];
  }[];
}
