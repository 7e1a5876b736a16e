/** The address that a script connects to, taken apart. */

export interface Target {
  readonly secure: boolean;
  /** An IPv6 address without its brackets. */
  readonly hostname: string;
  readonly port: number;
  /** As it goes into `:authority`. */
  readonly authority: string;
}

const PORT = { secure: 443, plain: 80 };

/** `host:port`, or what gRPC puts before it: `dns:///host:port`. Throws for what is no address. */
export function parseTarget(address: string, secure: boolean): Target {
  const authority = address.replace(/^(dns|passthrough):\/*/, '');
  const match = /^(?:\[([^\]]+)\]|([^:/]+))(?::(\d+))?$/.exec(authority);
  const hostname = match?.[1] ?? match?.[2];
  if (hostname === undefined)
    throw new Error(`invalid address ${JSON.stringify(address)}: give host:port`);
  const port = match?.[3];
  return {
    secure,
    hostname,
    port: port === undefined ? (secure ? PORT.secure : PORT.plain) : Number(port),
    authority,
  };
}
