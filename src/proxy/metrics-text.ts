/**
 * What has gone through each proxy, in Prometheus' text format. The byte counters have the names and labels of Toxiproxy's own, which has them
 * where it is started with -proxy-metrics; unlike there they count while a connection is open, and not only once it is over.
 */
import { Counter, Gauge, Registry } from 'prom-client';
import type { TcpProxy } from './proxy.js';

const DIRECTIONS = ['upstream', 'downstream'] as const;

/** The text and its media type. */
export async function metricsText(
  proxies: readonly TcpProxy[],
): Promise<{ readonly text: string; readonly type: string }> {
  const registry = new Registry();
  const registers = [registry];
  const ofProxy = ['proxy', 'listener', 'upstream'];
  const ofLink = ['direction', ...ofProxy];
  const received = new Counter({
    name: 'toxiproxy_proxy_received_bytes_total',
    help: 'bytes read from who sends',
    ...{ labelNames: ofLink, registers },
  });
  const sent = new Counter({
    name: 'toxiproxy_proxy_sent_bytes_total',
    help: 'bytes handed on to the other side',
    ...{ labelNames: ofLink, registers },
  });
  const connections = new Gauge({
    name: 'paydrill_proxy_connections',
    help: 'connections that are open',
    ...{ labelNames: ofProxy, registers },
  });
  for (const proxy of proxies) {
    const { name, listen, upstream } = proxy.view();
    const labels = { proxy: name, listener: listen, upstream };
    connections.set(labels, proxy.connections);
    for (const direction of DIRECTIONS) {
      const bytes = proxy.bytes[direction];
      received.inc({ direction, ...labels }, bytes.received);
      sent.inc({ direction, ...labels }, bytes.sent);
    }
  }
  const { user, system } = process.cpuUsage();
  new Counter({
    name: 'process_cpu_seconds_total',
    help: 'CPU time of the process',
    registers,
  }).inc((user + system) / 1e6);
  new Gauge({
    name: 'process_resident_memory_bytes',
    help: 'memory of the process',
    registers,
  }).set(process.memoryUsage.rss());
  return { text: await registry.metrics(), type: registry.contentType };
}
