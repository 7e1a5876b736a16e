/**
 * Which folders below one folder are run folders or those of campaigns, and which of them are old. Refuses to guess: a run folder is one
 * whose plan.json says so, and the folder of a campaign holds run folders, what was made of them, and nothing else; links, files and
 * folders of others are not looked at. Says what could go and removes nothing.
 */
import { existsSync, lstatSync, readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';

export interface FoundRun {
  readonly name: string;
  readonly path: string;
  readonly startedUnixMs: number;
  readonly bytes: number;
  /** A drill that ended leaves a summary, and rounds of two sides their comparison; without one it was cut short, or runs now. */
  readonly hasSummary: boolean;
  /** When something in it was last written to. */
  readonly touchedUnixMs: number;
}

export interface CleaningRule {
  /** So many of the newest stay, whatever their age. */
  readonly newest: number;
  /** Younger ones stay too. */
  readonly olderThanMs: number;
  readonly nowUnixMs: number;
}

/** A drill without a summary that wrote something within this time may be running: under load it writes every second. */
const MAY_RUN_MS = 3_600_000;

const PLAN_SCHEMA = /^paydrill\.plan\/\d+$/;

/** Newest first. Throws the file system's error where `folder` cannot be listed. */
export function findRuns(folder: string): readonly FoundRun[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => {
      const path = join(folder, name);
      return runAt(path, name) ?? campaignAt(path, name) ?? [];
    })
    .sort((a, b) => b.startedUnixMs - a.startedUnixMs || (a.name < b.name ? 1 : -1));
}

/** Oldest first. */
export function oldRuns(runs: readonly FoundRun[], rule: CleaningRule): readonly FoundRun[] {
  const { newest, olderThanMs, nowUnixMs } = rule;
  return runs
    .slice(newest)
    .filter((run) => nowUnixMs - run.startedUnixMs >= olderThanMs)
    .filter((run) => run.hasSummary || nowUnixMs - run.touchedUnixMs > MAY_RUN_MS)
    .reverse();
}

function runAt(path: string, name: string): FoundRun | undefined {
  if (!isPlan(join(path, 'plan.json'))) return undefined;
  const files = filesBelow(path);
  return {
    name,
    path,
    startedUnixMs: statSync(join(path, 'plan.json')).mtimeMs,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    hasSummary: existsSync(join(path, 'summary.json')),
    touchedUnixMs: latestWrite(files),
  };
}

/** Where a campaign has its run folders: `capacity` a step each, `ab` one for each side and round. */
const CAMPAIGN_RUNS = ['steps', 'runs'];

const CAMPAIGN_FILES = [
  ...['capacity.json', 'capacity.html'],
  ...['comparison.json', 'comparison.md', 'junit.xml'],
];

/** A search of capacity may go on after any step, so that only time tells that it ended. */
function campaignAt(path: string, name: string): FoundRun | undefined {
  const entries = readdirSync(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  const [inside] = folders;
  if (inside === undefined || folders.length > 1 || !CAMPAIGN_RUNS.includes(inside)) return;
  const others = entries.filter((entry) => !entry.isDirectory());
  if (others.some((entry) => !entry.isFile() || !CAMPAIGN_FILES.includes(entry.name))) return;
  const plans = readdirSync(join(path, inside)).map((run) => join(path, inside, run, 'plan.json'));
  if (plans.length === 0 || !plans.every(isPlan)) return;
  const files = filesBelow(path);
  return {
    name,
    path,
    startedUnixMs: Math.min(...plans.map((plan) => statSync(plan).mtimeMs)),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    hasSummary: existsSync(join(path, 'comparison.json')),
    touchedUnixMs: latestWrite(files),
  };
}

/** When something in the folder was last written to; 0 where it holds no file. Throws the file system's error. */
export function touchedUnixMs(folder: string): number {
  return latestWrite(filesBelow(folder));
}

function filesBelow(folder: string): readonly Stats[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => lstatSync(join(entry.parentPath, entry.name)));
}

function latestWrite(files: readonly Stats[]): number {
  return files.reduce((latest, { mtimeMs }) => Math.max(latest, mtimeMs), 0);
}

/** Also where it is a link to a plan, or cannot be read, it is not one. */
function isPlan(path: string): boolean {
  try {
    if (!lstatSync(path).isFile()) return false;
    const plan: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return (
      typeof plan === 'object' &&
      plan !== null &&
      'schema' in plan &&
      typeof plan.schema === 'string' &&
      PLAN_SCHEMA.test(plan.schema)
    );
  } catch {
    return false; // whatever it is, it is not ours to take away
  }
}
