/** `--out prometheus=127.0.0.1:port`: `GET /metrics` while the drill runs, in Prometheus' text format. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { formatAddress, isLoopback, parseAddress } from '../../wire/address.js';
import { messageOf } from '../message-of.js';
import { UserError } from '../user-error.js';
import type { Output, OutputContext } from './output.js';
import { telemetryOf } from './telemetry.js';

/** Port 0 takes a free one, which is told. Throws UserError where nobody can listen there. */
export async function prometheusEndpoint(
  { host, port }: { readonly host: string; readonly port: number },
  { tell }: Pick<OutputContext, 'tell'>,
): Promise<Output> {
  const serializer = new PrometheusSerializer('', false, undefined, true, true);
  let startUnixMs: number | undefined;
  let last: ResourceMetrics | undefined;
  const server = createServer((request, response) => {
    const text = last === undefined ? '' : serializer.serialize(last);
    answer(request, response, text);
  });
  server.listen(port, host);
  await once(server, 'listening').catch((cause: unknown) => {
    throw new UserError(`--out prometheus=${host}:${port}: ${messageOf(cause)}`, { cause });
  });
  const bound = server.address();
  if (bound !== null && typeof bound === 'object') {
    tell(`metrics for Prometheus: http://${formatAddress({ host, port: bound.port })}/metrics`);
  }
  return {
    onSecond(second) {
      startUnixMs ??= second.unixMs - 1000;
      last = telemetryOf(second, { naming: 'prometheus', startUnixMs });
    },
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A page of somebody else's that calls this machine by a name of its own is told nothing. */
function answer(request: IncomingMessage, response: ServerResponse, text: string): void {
  const host = request.headers.host ?? '';
  const name = (parseAddress(host) ?? parseAddress(`${host}:1`))?.host;
  if (name === undefined || !isLoopback(name)) end(response, 403, 'not this host\n');
  else if (request.url !== '/metrics') end(response, 404, 'GET /metrics\n');
  else if (request.method !== 'GET') end(response, 405, 'GET /metrics\n');
  else end(response, 200, text);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' });
  response.end(text);
}
