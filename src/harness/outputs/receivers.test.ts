/** Each output that sends or serves, against somebody who reads it as its readers do. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, request } from 'node:http';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import { uncompress } from 'snappyjs';
import { afterEach, describe, expect, test } from 'vitest';
import { openOutputs } from './open-outputs.js';
import type { Output } from './output.js';
import { sampleMetrics, secondOf } from './testing/sample-second.js';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function opened(text: string): Promise<{ output: Output; told: string[] }> {
  const told: string[] = [];
  const tell = (line: string): void => void told.push(line);
  const isoTime = (unixMs: number): string => new Date(unixMs).toISOString();
  const [output] = await openOutputs([text], { warn: tell, tell, isoTime });
  return { output, told };
}

interface Received {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Answers everything with `status`, and keeps it. */
async function receiver(status: number): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (asked, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of asked) chunks.push(chunk);
    received.push({ path: asked.url, headers: asked.headers, body: Buffer.concat(chunks) });
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { url: `http://127.0.0.1:${address.port}`, received };
}

/** Each field as `[number, bytes]`, of messages whose fields are all length-delimited. */
function fields(bytes: Uint8Array): [number, Uint8Array][] {
  const reader = new BinaryReader(bytes);
  const all: [number, Uint8Array][] = [];
  while (reader.pos < reader.len) all.push([reader.tag()[0], reader.bytes()]);
  return all;
}

/** prometheus.WriteRequest: `name{label=value,...}` -> value and time. */
function decoded(body: Buffer): Map<string, [number, number]> {
  const series = new Map<string, [number, number]>();
  for (const [, one] of fields(new Uint8Array(uncompress(body)))) {
    const labels: string[] = [];
    let name = '';
    for (const [field, bytes] of fields(one)) {
      if (field === 1) {
        const [key, value] = fields(bytes).map(([, text]) => Buffer.from(text).toString());
        if (key === '__name__') name = value;
        else labels.push(`${key}=${value}`);
        continue;
      }
      const sample = new BinaryReader(bytes);
      sample.tag();
      const value = sample.double();
      sample.tag();
      series.set(`${name}{${labels}}`, [value, Number(sample.int64())]);
    }
  }
  return series;
}

const RUN = 'run=n, "1"';

describe('Prometheus', () => {
  test('remote write: names, units, cumulative buckets', async () => {
    const { url, received } = await receiver(204);
    const { output, told } = await opened(`experimental-prometheus-rw=${url}/api/v1/write`);
    const second = secondOf(sampleMetrics());
    output.onSecond(second);
    await output.close();
    expect(told).toEqual([]);
    const [{ path, headers, body }] = received;
    expect(path).toBe('/api/v1/write');
    expect(headers).toMatchObject({
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
    });
    const series = decoded(body);
    const value = (key: string): number | undefined => series.get(key)?.[0];
    expect(series.get(`paydrill_pay_operations_total{${RUN}}`)).toEqual([4, second.unixMs]);
    expect(value(`paydrill_pay_ok_passes_total{${RUN}}`)).toBe(2);
    expect(value(`paydrill_pay_ok_samples_total{${RUN}}`)).toBe(4);
    expect(value(`paydrill_pay_unknown{${RUN}}`)).toBe(2);
    expect(value(`paydrill_checks_passes_total{check=paid,group=::cart,${RUN}}`)).toBe(3);
    expect(value(`paydrill_checks_passes_total{check=served,group=::cart,${RUN}}`)).toBe(5);
    const time = 'paydrill_pay_response_time_seconds';
    expect(value(`${time}_bucket{le=0.001,${RUN}}`)).toBe(1);
    expect(value(`${time}_bucket{le=0.005,${RUN}}`)).toBe(2);
    expect(value(`${time}_bucket{le=+Inf,${RUN}}`)).toBe(4);
    expect(value(`${time}_count{${RUN}}`)).toBe(4);
    expect(value(`${time}_sum{${RUN}}`)).toBeCloseTo(0.0649, 6);
  });

  test('a scrape: the same, to names of this machine alone', async () => {
    const { output, told } = await opened('prometheus=127.0.0.1:0');
    cleanUps.push(() => output.close());
    const url = told.join().replace('metrics for Prometheus: ', '');
    expect((await fetch(url)).status).toBe(200);
    output.onSecond(secondOf(sampleMetrics()));
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const lines = (await response.text()).split('\n');
    expect(lines).toContain('# TYPE paydrill_pay_operations_total counter');
    expect(lines).toContain(`paydrill_pay_operations_total{run="n, \\"1\\""} 4`);
    expect(lines).toContain('# TYPE paydrill_pay_response_time_seconds histogram');
    expect(lines).toContain(
      `paydrill_pay_response_time_seconds_bucket{run="n, \\"1\\"",le="0.005"} 2`,
    );
    expect(lines.filter((line) => line.startsWith('paydrill_checks_passes_total{'))).toHaveLength(
      2,
    );
    const asked = request(url, { headers: { host: 'evil.test' } }).end();
    const [{ statusCode }] = await once(asked, 'response');
    expect(statusCode).toBe(403);
    expect((await fetch(new URL('/', url))).status).toBe(404);
  });

  test('a port that is in use is the user’s to mend', async () => {
    const { told, output } = await opened('prometheus=127.0.0.1:0');
    cleanUps.push(() => output.close());
    const port = /:(\d+)\//.exec(told.join())?.[1];
    await expect(opened(`prometheus=127.0.0.1:${port}`)).rejects.toThrow(
      `--out prometheus=127.0.0.1:${port}: listen EADDRINUSE`,
    );
  });
});

test('OpenTelemetry: OTLP over HTTP, in seconds, cumulative', async () => {
  const { url, received } = await receiver(200);
  const { output, told } = await opened(`opentelemetry=${url}/v1/metrics`);
  output.onSecond(secondOf(sampleMetrics()));
  await output.close();
  expect(told).toEqual([]);
  const { resourceMetrics } = JSON.parse(received[0].body.toString());
  const { resource, scopeMetrics } = resourceMetrics[0];
  expect(resource.attributes).toContainEqual({
    key: 'service.name',
    value: { stringValue: 'paydrill' },
  });
  const named = (name: string) =>
    scopeMetrics[0].metrics.find((metric: { readonly name: string }) => metric.name === name);
  expect(named('paydrill.pay_operations').sum).toMatchObject({
    isMonotonic: true,
    aggregationTemporality: 2,
    dataPoints: [{ asDouble: 4 }],
  });
  const time = named('paydrill.pay_response_time');
  expect(time.unit).toBe('s');
  expect(time.histogram.dataPoints[0]).toMatchObject({ count: 4, sum: expect.closeTo(0.0649, 6) });
});

test('StatsD: what is of the second, in packets that fit', async () => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  cleanUps.push(() => socket.close());
  const packets: string[] = [];
  const isThere = new Promise<void>((resolve) => {
    socket.on('message', (packet) => {
      packets.push(packet.toString());
      if (packet.includes('paydrill.checks.cart.served.samples')) resolve();
    });
  });
  const { output, told } = await opened(`statsd=127.0.0.1:${socket.address().port}`);
  output.onSecond(secondOf(sampleMetrics()));
  await output.close();
  await isThere;
  expect(told).toEqual([]);
  expect(Math.max(...packets.map(({ length }) => length))).toBeLessThanOrEqual(1_400);
  const lines = packets.join('\n').split('\n');
  expect(lines).toContain('paydrill.pay_operations:4|c');
  expect(lines).toContain('paydrill.pay_ok.passes:2|c');
  expect(lines).toContain('paydrill.pay_in_flight:1|g');
  expect(lines).toContain('paydrill.pay_response_time.count:4|g');
  expect(lines).toContain('paydrill.basket.p99_9:2.998|g');
  expect(lines).toContain('paydrill.checks.cart.paid.passes:3|c');
});

describe('nobody there', () => {
  test.each([
    // Ports that fetch() would ask, and nobody has.
    ['experimental-prometheus-rw=http://127.0.0.1:2/write', /^http:.* does not take.*ECONNREFUSED/],
    ['opentelemetry=http://127.0.0.1:2/v1/metrics', /^http:.* does not take the metrics: ./],
    ['statsd=127.0.0.1:1', /^statsd 127\.0\.0\.1:1 does not take.*ECONNREFUSED/],
  ])('%s is told once', { timeout: 30_000 }, async (text, line) => {
    const { output, told } = await opened(text);
    const second = secondOf(sampleMetrics());
    while (told.length === 0) {
      output.onSecond(second);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    for (let i = 0; i < 3; i++) output.onSecond(second);
    await output.close();
    expect(told).toEqual([expect.stringMatching(line)]);
  });

  test('a receiver that refuses is told once, with what it said', async () => {
    const { url } = await receiver(400);
    const { output, told } = await opened(`experimental-prometheus-rw=${url}/write`);
    output.onSecond(secondOf(sampleMetrics()));
    output.onSecond(secondOf(sampleMetrics()));
    await output.close();
    expect(told).toEqual([`${url}/write does not take the metrics: HTTP 400 {}`]);
  });
});
