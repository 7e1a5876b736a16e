/**
 * What was agreed about the risk engine in line: rules, model and bounds, as one value in one file (`risk.json`), which the gateway is
 * started with and which the run folder keeps, so that whoever judges the run decides by the same.
 *
 *   { "schema": "paydrill.risk-line/1", "rules": {...}, "model": {...} or null, "speed": 1, "startHour": 12, "closed": ["transfer"],
 *     "stepsMax": 200, "pairsMax": 2000000, "memoryMiB": 1024 }
 */

import { kindNamed } from '../../products/kinds.js';
import { type Fields, fieldsOf, listOf, numberOf } from '../decide/fields.js';
import { DECISIONS, Policy } from '../decide/policy.js';
import { TreeModel } from '../decide/tree-model.js';
import { PAIR_BYTES } from '../engine/pairs.js';
import { PARTY_BYTES } from '../engine/parties.js';

export const RISK_SCHEMA = 'paydrill.risk-line/1';

/** Ordinal of the severest decision, the only one that stops anything. */
export const DENY = DECISIONS.indexOf('deny');

export interface RiskBounds {
  /** Seconds of the engine in a second: a drill presses a day into a minute. Default 1. */
  readonly speed: number;
  /** What time of day it is for the engine when the first gateway starts; undefined: what it is (UTC). */
  readonly startHour: number | undefined;
  /** Names of kinds that are refused where no decision can be made; all others go. */
  readonly closed: readonly string[];
  /** Pairs read by one walk: what a decision has taken then is its answer. */
  readonly stepsMax: number;
  readonly pairsMax: number;
  readonly memoryMiB: number;
}

export const DEFAULT_BOUNDS: RiskBounds = {
  speed: 1,
  startHour: undefined,
  closed: [],
  stepsMax: 200,
  pairsMax: 1_000_000,
  memoryMiB: 1024,
};

export interface Population {
  readonly users: number;
  readonly merchants: number;
}

export interface AgreedRisk {
  readonly policy: Policy;
  readonly bounds: RiskBounds;
}

const MIB = 2 ** 20;

/** Throws one line where `value` is not such a file, or is too much for the memory that it allows. */
export function agreedRisk(value: unknown, { users, merchants }: Population): AgreedRisk {
  const fields = fieldsOf(value, 'risk');
  if (fields.schema !== RISK_SCHEMA)
    throw new Error(`risk's schema is ${JSON.stringify(fields.schema)}: give ${RISK_SCHEMA}`);
  const { model, rules } = fields;
  const trees = model === undefined || model === null ? undefined : new TreeModel(model);
  const policy = new Policy(rules, trees);
  const bounds = boundsOf(fields);
  const needed = (users + merchants) * PARTY_BYTES + bounds.pairsMax * PAIR_BYTES;
  if (needed > bounds.memoryMiB * MIB)
    throw new Error(
      `risk: ${users} users, ${merchants} merchants and ${bounds.pairsMax} pairs take ` +
        `${Math.ceil(needed / MIB)} MiB, and memoryMiB is ${bounds.memoryMiB}`,
    );
  return { policy, bounds };
}

function boundsOf(fields: Fields): RiskBounds {
  const { closed, startHour } = fields;
  return {
    speed: within(fields, 'speed', { least: 0.001, most: 100_000 }),
    startHour:
      startHour === undefined ? undefined : within(fields, 'startHour', { least: 0, most: 24 }),
    closed: closed === undefined ? [] : listOf(closed, 'risk.closed').map(kindName),
    stepsMax: whole(fields, 'stepsMax', { least: 1, most: 65_535 }),
    pairsMax: whole(fields, 'pairsMax', { least: 16, most: 100_000_000 }),
    memoryMiB: whole(fields, 'memoryMiB', { least: 1, most: 65_536 }),
  };
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function within(fields: Fields, name: keyof RiskBounds, { least, most }: Range): number {
  const value = fields[name] ?? DEFAULT_BOUNDS[name];
  const number = numberOf(value, `risk.${name}`);
  if (number >= least && number <= most) return number;
  throw new Error(`risk.${name} is ${number}: give ${least} to ${most}`);
}

function whole(fields: Fields, name: keyof RiskBounds, range: Range): number {
  const number = within(fields, name, range);
  if (Number.isInteger(number)) return number;
  throw new Error(`risk.${name} is ${number}: give a whole number`);
}

function kindName(name: unknown): string {
  if (typeof name === 'string' && kindNamed(name)?.row.judgedByRisk === true) return name;
  throw new Error(`risk.closed has ${JSON.stringify(name)}, which is no kind that may be denied`);
}
