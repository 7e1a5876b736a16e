/**
 * `--out statsd[=host:port]`: what is of each second alone, as StatsD lines over UDP. Counters and rates are counts, gauges and the
 * values of trends (milliseconds) are gauges. StatsD has no tags: a check has its group and name in the name. The protocol is one line
 * a value; the clients for it that are kept build native code when they are installed.
 */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { messageOf } from '../message-of.js';
import { namedValues } from './named-values.js';
import type { Output, OutputContext } from './output.js';
import type { OutputSecond, Sample } from './samples.js';

/** What fits into one packet on an Ethernet. */
const PACKET_BYTES_MAX = 1_400;

export async function statsd(
  { host, port }: { readonly host: string; readonly port: number },
  { warn }: Pick<OutputContext, 'warn'>,
): Promise<Output> {
  const socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  let hasWarned = false;
  const onError = (error: unknown): void => {
    if (!hasWarned) warn(`statsd ${host}:${port} does not take the metrics: ${messageOf(error)}`);
    hasWarned = true;
  };
  socket.on('error', onError);
  // Connected, so that it is told where nobody listens.
  socket.connect(port, host);
  const isConnected = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  let sending = 0;
  let onIdle: (() => void) | undefined;
  const sent = (error: unknown): void => {
    if (error !== null && error !== undefined) onError(error);
    sending--;
    if (sending === 0) onIdle?.();
  };
  return {
    onSecond(second) {
      if (!isConnected) return;
      for (const packet of packets(lines(second))) {
        sending++;
        socket.send(packet, sent);
      }
    },
    async close() {
      if (sending > 0) {
        await new Promise<void>((resolve) => {
          onIdle = resolve;
        });
      }
      socket.close();
    },
  };
}

function lines({ samples }: OutputSecond): readonly string[] {
  return samples.flatMap((sample) => {
    const name = nameOf(sample);
    const { metric, interval } = sample;
    if (metric.kind === 'rate')
      return [`${name}.passes:${interval.sum}|c`, `${name}.samples:${interval.count}|c`];
    const type = metric.kind === 'counter' ? 'c' : 'g';
    return namedValues(interval).map(({ stat, value }) => {
      const full = stat === undefined ? name : `${name}.${word(stat)}`;
      return `${full}:${value}|${type}`;
    });
  });
}

function nameOf({ metric, tags }: Sample): string {
  const { check, group = '' } = tags;
  const parts = check === undefined ? [] : [...group.split('::'), check];
  return ['paydrill', metric.name, ...parts.map(word).filter((part) => part !== '')].join('.');
}

/** What has no meaning of its own in a line. */
function word(text: string): string {
  return text
    .replace(/[()]/g, '')
    .replace(/[^a-zA-Z0-9_-]+/g, '_')
    .replace(/^_|_$/g, '');
}

function packets(all: readonly string[]): readonly string[] {
  const packed: string[] = [];
  for (const line of all) {
    const last = packed.at(-1);
    // Names and numbers are ASCII: a character is a byte.
    if (last === undefined || last.length + 1 + line.length > PACKET_BYTES_MAX) packed.push(line);
    else packed[packed.length - 1] = `${last}\n${line}`;
  }
  return packed;
}
