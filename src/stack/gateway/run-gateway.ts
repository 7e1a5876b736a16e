/**
 * The gateway process: its parts put together, started, and stopped.
 *
 *   Bolt clients --> bolt-server --+
 *                                  +--> operation-desk --> risk --> payments --> links to the ledger shards
 *   HTTP clients --> http-server --+
 *
 * Ready means: every shard has answered and has its accounts. Keeps nothing on disk but the log of decisions of a risk engine that it
 * was asked for (risk-line/): all it may forget is settled by the ledgers.
 */

import { kindsOffered, productsNamed } from '../../products/kinds.js';
import type { GatewayStats, PingAnswer, RiskLineState, Topology } from '../../wire/admin.js';
import type { BrownOutStep } from '../../wire/brown-out.js';
import type { Mutant } from '../../wire/mutants.js';
import { monotonicMs } from '../payments/clock.js';
import { type Judge, Payments } from '../payments/payments.js';
import { DEFAULT_RATES, type Rates } from '../payments/rates.js';
import { Turn } from '../payments/turn.js';
import { limitsBug } from '../risk/mutants.js';
import { DEFAULT_RISK_LIMITS, RiskControl, type RiskLimits } from '../risk/risk-control.js';
import { BoltServer, type BoltServerOptions } from './bolt-server.js';
import { HttpServer } from './http-server.js';
import { openAccounts } from './open-accounts.js';
import { OperationDesk } from './operation-desk.js';
import type { OpenRiskLine } from './risk-line/open-risk-line.js';

export interface GatewayOptions {
  /** `127.0.0.1:0` and the like; loopback only. */
  readonly boltListen: string;
  readonly httpListen: string;
  /** `host:port` of each shard as this process reaches it, in order of shard number. */
  readonly shardAddresses: readonly string[];
  readonly users: number;
  readonly merchants: number;
  readonly splitMerchants: number;
  /** What each user starts with, minor units. */
  readonly openingMinor: number;
  /** Of OUR_PRODUCTS, by name; default none. */
  readonly products?: readonly string[];
  readonly mutant?: Mutant;
  /** Addresses told in the topology; default `shardAddresses`. */
  readonly publicShardAddresses?: readonly string[];
  readonly rates?: Rates;
  readonly riskLimits?: RiskLimits;
  /** A risk engine in line: what was agreed about it (risk/line/agreed-risk.ts), and where its log of decisions is kept. */
  readonly riskLine?: { readonly agreed: unknown; readonly logPath: string };
  /** Operations admitted at a time, default 65,536; and a shard, default 32,768. */
  readonly inFlightMax?: number;
  readonly inFlightPerShardMax?: number;
  /** What is refused first while much is in flight; default nothing. */
  readonly brownOut?: readonly BrownOutStep[];
  /** Age at which a branch without a coordinator is settled, default 3,000; looked for every 1,000. */
  readonly recoveryAgeMs?: number;
  readonly recoveryEveryMs?: number;
  readonly clientLimits?: BoltServerOptions['limits'];
  /** One line about something out of the ordinary; default stderr. */
  readonly log?: (line: string) => void;
}

export interface Gateway {
  /** `host:port` */
  readonly bolt: string;
  readonly http: string;
  stats(): GatewayStats;
  close(): Promise<void>;
}

/** Starts a gateway in this process; resolves when it is ready. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const placement = {
    shards: options.shardAddresses.length,
    splitMerchants: options.splitMerchants,
  };
  checkOptions(options);
  const log = options.log ?? ((line: string) => process.stderr.write(`gateway: ${line}\n`));
  const turn = new Turn();
  const limits = options.riskLimits ?? DEFAULT_RISK_LIMITS;
  const risk = new RiskControl(limitsBug(options.mutant) ?? limits, options.users);
  if (risk.shortfall !== undefined) log(risk.shortfall);
  const line = await inLine(options, { rules: risk.check.bind(risk), turn, log });
  const judge = line?.engine.judge ?? risk.check.bind(risk);
  const rates = options.rates ?? DEFAULT_RATES;
  const payments = new Payments({
    ...options,
    rates,
    placement,
    turn,
    now: monotonicMs,
    log,
    judge,
    ...(line === undefined ? {} : { judgesOnce: line.judgesOnce }),
  });
  const products = productsNamed(options.products ?? []);
  const desk = new OperationDesk(payments, risk, {
    shards: placement.shards,
    offers: kindsOffered(products),
    mutant: options.mutant,
  });
  const topology: Topology = {
    placement,
    users: options.users,
    merchants: options.merchants,
    openingMinor: options.openingMinor,
    products: products.map(({ name }) => name),
    feePer10k: rates.feePer10k,
    commissionPer10k: rates.commissionPer10k,
    risk: { amountMinorMax: limits.amountMinorMax, velocity: limits.velocity },
    shardAddresses: options.publicShardAddresses ?? options.shardAddresses,
    isolation: placement.shards === 1 ? 'strict-serializable' : 'strict-serializable-per-shard',
    ledgerEngine: 'paydrill-ledger/lmdb',
    durability: 'fsync before every acknowledgement',
  };
  const stats = (): GatewayStats => statsOf(payments, risk);
  const onAdmin = (body: unknown): unknown =>
    answerAdmin(body, { topology, stats, risk: () => line?.engine.state });
  const bolt = new BoltServer({ desk, turn, log, onAdmin, limits: options.clientLimits ?? {} });
  const http = new HttpServer({ desk, topology: () => topology, stats });
  const stop = new AbortController();
  const close = async (): Promise<void> => {
    stop.abort(new Error('the gateway was closed'));
    payments.close();
    line?.engine.close();
    await Promise.all([bolt.close(), http.close()]);
  };
  try {
    const plan = { ...options, placement, products };
    await openAccounts(plan, payments.links, stop.signal);
    payments.recover(0);
    const [boltAddress, httpAddress] = await Promise.all([
      bolt.listen(options.boltListen),
      http.listen(options.httpListen),
    ]);
    return { bolt: boltAddress, http: httpAddress, stats, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * The process: prints one JSON line on stdout once ready, and ends at once when its stdin closes, so that it never
 * outlives whoever started it.
 */
export async function runGateway(options: GatewayOptions): Promise<void> {
  process.stdin.once('close', () => process.exit(0));
  process.stdin.once('end', () => process.exit(0));
  process.stdin.resume();
  const gateway = await startGateway(options);
  const { bolt, http } = gateway;
  process.stdout.write(`${JSON.stringify({ ready: true, role: 'gateway', bolt, http })}\n`);
}

/** Undefined where no engine was asked for. Throws one line where what was agreed about it cannot be. */
async function inLine(
  options: GatewayOptions,
  parts: { readonly rules: Judge; readonly turn: Turn; readonly log: (line: string) => void },
): Promise<OpenRiskLine | undefined> {
  const { riskLine, users, merchants, mutant } = options;
  if (riskLine === undefined) return undefined;
  const { openRiskLine } = await import('./risk-line/open-risk-line.js');
  return openRiskLine({ ...parts, ...riskLine, population: { users, merchants }, mutant });
}

function checkOptions(options: GatewayOptions): void {
  const { shardAddresses, users, merchants, splitMerchants, openingMinor } = options;
  if (shardAddresses.length < 1 || shardAddresses.length > 128) {
    throw new Error(`${shardAddresses.length} shard addresses: give 1 to 128`);
  }
  for (const [name, value] of Object.entries({ users, merchants, splitMerchants, openingMinor })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new Error(`${name} is ${value}: give a whole number of at least 0`);
    }
  }
}

function statsOf(payments: Payments, risk: RiskControl): GatewayStats {
  const cpu = process.cpuUsage();
  return {
    inFlight: payments.inFlight,
    admitted: payments.admitted,
    notAdmitted: payments.notAdmitted,
    brownedOut: payments.brownedOut,
    expired: payments.expired,
    crossShard: payments.crossShard,
    recoveredConfirmed: payments.recovery.confirmed,
    recoveredCancelled: payments.recovery.cancelled,
    riskUnwatched: risk.unwatched,
    upMs: Math.floor(monotonicMs()),
    cpuUs: cpu.user + cpu.system,
    rssBytes: process.memoryUsage.rss(),
  };
}

function answerAdmin(
  body: unknown,
  gateway: {
    readonly topology: Topology;
    readonly stats: () => GatewayStats;
    readonly risk: () => RiskLineState | undefined;
  },
): PingAnswer | Topology | GatewayStats | RiskLineState {
  const op = typeof body === 'object' && body !== null && 'op' in body ? body.op : undefined;
  if (op === 'ping') return { role: 'gateway', pid: process.pid };
  if (op === 'topology') return gateway.topology;
  if (op === 'stats') return gateway.stats();
  const state = op === 'risk' ? gateway.risk() : undefined;
  if (state !== undefined) return state;
  const asked = JSON.stringify(op)?.slice(0, 80);
  throw new Error(
    `op ${asked}: the gateway answers ping, topology, stats, and risk where an engine is in line`,
  );
}
