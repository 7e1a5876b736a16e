/** The port of the live page, as an option. */
import { InvalidArgumentError, Option } from 'commander';

/** That of k6's web dashboard. */
export const PAGE_PORT = 5665;
const PORT_MAX = 65_535;

export function pageOption(name: '--ui' | '--port'): Option {
  const isOn = name === '--ui';
  return new Option(
    isOn ? '--ui [port]' : '--port <port>',
    isOn
      ? `a live page of the drill on this machine (default port: ${PAGE_PORT}; 0: any that is free)`
      : `port of the page (default: ${PAGE_PORT}; 0: any that is free)`,
  )
    .preset(String(PAGE_PORT))
    .argParser(pagePort);
}

/** What follows `--ui` is taken for its port, also where it is the script. */
function pagePort(text: string): number {
  const port = Number(text);
  if (/^[0-9]+$/.test(text) && port <= PORT_MAX) return port;
  throw new InvalidArgumentError(
    `It must be a port from 0 to ${PORT_MAX}; without one, write --ui after the script.`,
  );
}
