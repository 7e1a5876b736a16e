/**
 * What `plan.json` of a run folder tells whoever judges the run: which run it is, what the target can show and what it promised,
 * and how many load workers kept a journal. Everything else in it is for people and for running the drill again.
 */
import { join } from 'node:path';
import type { RiskRules } from '../../wire/admin.js';
import { type Fields, fieldsOf, readText, whole } from './json-fields.js';
import type { Evidence, Isolation, MoneyRules, NeutralBooks, Promises } from './target-facts.js';

export const PLAN_FILE = 'plan.json';

export interface PlanRecord {
  /** Of the drill; undefined where it is not told. */
  readonly runId: string | undefined;
  readonly evidence: Evidence;
  readonly promises: Promises;
  readonly hasBooks: boolean;
  /** Undefined where it is not told: by a target that does not, or before it was written down. */
  readonly money: MoneyRules | undefined;
  /** Undefined: the books are the reference stack's. */
  readonly neutral?: NeutralBooks | undefined;
  /** Undefined where it is not told. */
  readonly workers: number | undefined;
}

/** The reference stack: what a plan that says nothing of its target was made for. */
export const REFERENCE_RECORD: PlanRecord = {
  runId: undefined,
  evidence: 'versions',
  promises: {
    isolation: 'strict-serializable-per-shard',
    durability: 'acknowledged',
    idRetention: 'forever',
    atomicity: 'at-rest',
    noOverdraft: true,
  },
  hasBooks: true,
  money: undefined,
  workers: undefined,
};

/** Most evidence first. */
export const EVIDENCE: readonly Evidence[] = [
  'versions',
  'order',
  'timestamps',
  'ids',
  'balances',
  'none',
];

const ISOLATIONS: readonly Isolation[] = [
  'strict-serializable',
  'strict-serializable-per-shard',
  'linearizable-accounts',
  'none',
];

/** Undefined where the folder has none. Throws where what it says cannot be understood. */
export function readPlanRecord(folder: string): PlanRecord | undefined {
  const text = readText(join(folder, PLAN_FILE));
  if (text === undefined) return undefined;
  const plan = fieldsOf(JSON.parse(text));
  const workers = plan.get('workers');
  const runId = plan.get('run_id');
  const told = plan.get('target_facts');
  return {
    ...(told === undefined ? REFERENCE_RECORD : targetOf(fieldsOf(told, 'target_facts'))),
    runId: typeof runId === 'string' ? runId : undefined,
    workers: typeof workers === 'number' && Number.isSafeInteger(workers) ? workers : undefined,
  };
}

function targetOf(facts: Fields): Omit<PlanRecord, 'runId' | 'workers'> {
  const promises = fieldsOf(facts.get('promises'), 'target_facts.promises');
  return {
    evidence: oneOf(facts, 'evidence', EVIDENCE),
    promises: {
      isolation: oneOf(promises, 'isolation', ISOLATIONS),
      durability: oneOf(promises, 'durability', ['acknowledged', 'none']),
      idRetention: oneOf(promises, 'idRetention', ['forever', 'bounded', 'none']),
      atomicity: oneOf(promises, 'atomicity', ['at-rest', 'none']),
      noOverdraft: yesOrNo(promises, 'noOverdraft'),
    },
    hasBooks: yesOrNo(facts, 'hasBooks'),
    money: moneyOf(facts.get('money')),
    neutral: neutralOf(facts.get('neutral')),
  };
}

function neutralOf(told: unknown): NeutralBooks | undefined {
  if (told === undefined) return undefined;
  const neutral = fieldsOf(told, 'target_facts.neutral');
  return {
    hasAccounts: yesOrNo(neutral, 'hasAccounts'),
    ordersByVersion: yesOrNo(neutral, 'ordersByVersion'),
    doubleEntry: yesOrNo(neutral, 'doubleEntry'),
    charges: oneOf(neutral, 'charges', ['none', 'payer', 'payee', 'both']),
    holds: oneOf(neutral, 'holds', ['pending', 'escrow']),
    captures: oneOf(neutral, 'captures', ['once', 'many']),
  };
}

function moneyOf(told: unknown): MoneyRules | undefined {
  if (told === undefined) return undefined;
  const money = fieldsOf(told, 'target_facts.money');
  return {
    shards: whole(money, 'shards'),
    splitMerchants: whole(money, 'splitMerchants'),
    users: whole(money, 'users'),
    merchants: whole(money, 'merchants'),
    openingMinor: whole(money, 'openingMinor'),
    products: namesOf(money.get('products')),
    feePer10k: whole(money, 'feePer10k'),
    commissionPer10k: whole(money, 'commissionPer10k'),
    risk: riskOf(money.get('risk')),
  };
}

/** None where it is not told: runs from before there were products. */
function namesOf(told: unknown): readonly string[] {
  if (told === undefined) return [];
  if (Array.isArray(told) && told.every((name) => typeof name === 'string')) return told;
  throw new Error('target_facts.money.products is no list of names');
}

function riskOf(told: unknown): RiskRules | undefined {
  if (told === undefined) return undefined;
  const risk = fieldsOf(told, 'target_facts.money.risk');
  const velocity = risk.get('velocity');
  if (!Array.isArray(velocity)) throw new Error('target_facts.money.risk.velocity is no list');
  return {
    amountMinorMax: whole(risk, 'amountMinorMax'),
    velocity: velocity.map((one: unknown) => {
      const rule = fieldsOf(one, 'a rule of target_facts.money.risk.velocity');
      return {
        windowMs: whole(rule, 'windowMs'),
        countMax: whole(rule, 'countMax'),
        amountMinorMax: whole(rule, 'amountMinorMax'),
      };
    }),
  };
}

function oneOf<Word extends string>(fields: Fields, name: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === fields.get(name));
  if (found === undefined) throw new Error(`${name} is none of ${words.join(', ')}`);
  return found;
}

function yesOrNo(fields: Fields, name: string): boolean {
  const value = fields.get(name);
  if (typeof value !== 'boolean') throw new Error(`${name} is not true or false`);
  return value;
}
