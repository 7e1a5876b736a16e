/**
 * The decisions of a risk engine in line, read beside the books: the log that its gateway kept, and what the gateway says of its own state
 * once all of the log is on disk. Never rejects: decisions that could not be had to the end are not complete, and say why.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BooksSource } from '../books/books-source.js';
import { messageOf } from '../message-of.js';
import {
  convertDecisions,
  DECISIONS_FILE,
  DECISIONS_PART,
  type DecisionGap,
  type DecisionsFacts,
} from '../records/decisions-file.js';
import { BOOKS_FOLDER, type RiskEngineFacts } from '../records/run-layout.js';
import { askAdmin, numberOf } from './admin-client.js';

/** Of questions; the disk that takes longer than all of them is not waited for. */
const QUESTIONS_MAX = 200;

export interface DecisionLogPlace {
  /** `host:port` of the gateway. */
  readonly gateway: string;
  /** Path of its log. */
  readonly log: string;
}

/** The books, and the decisions in their folder. */
export function withDecisions(books: BooksSource, place: DecisionLogPlace): BooksSource {
  return {
    fetch: async (options) => {
      const facts = await books.fetch(options);
      const folder = join(options.folder, BOOKS_FOLDER);
      const riskEngine = await fetchDecisions(place, folder, options.runId);
      return riskEngine === undefined ? facts : { ...facts, riskEngine };
    },
  };
}

async function fetchDecisions(
  { gateway, log }: DecisionLogPlace,
  folder: string,
  runId: string,
): Promise<RiskEngineFacts | undefined> {
  const state = await stateOf(gateway);
  let facts: DecisionsFacts;
  let told: RiskEngineFacts | undefined;
  try {
    const logged = await convertDecisions({ from: log, to: join(folder, DECISIONS_PART), runId });
    const gaps = [...logged.gaps, ...gapsAtEnd(logged.lastUs, logged.records, state)];
    const { decisions, decided, cut } = logged;
    told = { decisions, decided, cut, gaps: gaps.length };
    facts = { complete: true, ...logged, gaps, ...(state === undefined ? {} : { state }) };
  } catch (cause) {
    facts = { complete: false, reason: messageOf(cause).split('\n')[0] ?? 'no reason given' };
  }
  writeFileSync(join(folder, DECISIONS_FILE), `${JSON.stringify(facts)}\n`);
  return told;
}

type Fields = Readonly<Record<string, unknown>>;

/** Undefined where the gateway does not answer, or never gets its log to disk. */
async function stateOf(gateway: string): Promise<Fields | undefined> {
  try {
    for (let asked = 0; asked < QUESTIONS_MAX; asked++) {
      const state = await askAdmin(gateway, { op: 'risk' });
      if (numberOf(state, 'written') === numberOf(state, 'records')) return state;
    }
  } catch {
    // It is gone: what it had not written is missing, and what it said of itself is not known.
  }
  return undefined;
}

function gapsAtEnd(lastUs: number, records: number, state: Fields | undefined): DecisionGap[] {
  const isWhole = state !== undefined && numberOf(state, 'records') === records;
  const sinceUs = state === undefined ? 0 : numberOf(state, 'undecidedSinceUs');
  return [
    ...(isWhole ? [] : [{ fromUs: lastUs, untilUs: null }]),
    ...(sinceUs > 0 ? [{ fromUs: sinceUs, untilUs: null }] : []),
  ];
}
