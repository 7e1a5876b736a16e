/**
 * Drills the systems of scenarios/systems/ that are not the reference stack, one after the other, and prints what came of each beside
 * what drills.json of its folder expects: `npm run systems`. Words pick systems and drills by their names; options go to every `paydrill run`
 * (`npm run systems -- lost-update --seed 7`). The run folders are reports/systems/<system>-<drill>. Ends 1 where a verdict
 * is another than expected. A drill may name another `script` and `options` of its own; a system that `needs` programs which are not
 * in PATH is left out, by name, and so is one of which a script of its folder (`locate`) finds no program and says so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const SYSTEMS = join('scenarios', 'systems');
const REPORTS = join('reports', 'systems');
const HEAD = ['system', 'drill', 'expected', 'verdict', 'broken laws', 'seconds'];

/** Returns the exit code. */
export function drillSystems(args) {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const words = firstOption < 0 ? args : args.slice(0, firstOption);
  const options = firstOption < 0 ? [] : args.slice(firstOption);
  const named = systemDrills().filter(({ system, name }) =>
    words.every((word) => [system, name].includes(word)),
  );
  const chosen = named.filter(({ missing }) => missing.length === 0);
  for (const { system, name, missing } of named)
    if (missing.length > 0)
      process.stderr.write(`-- ${system}, ${name}: left out, ${missing.join(', ')}\n`);
  if (named.length === 0) {
    process.stderr.write(`no system and no drill is called ${words.join(' ')}\n`);
    return 1;
  }
  const rows = chosen.map((drill) => {
    process.stderr.write(`-- ${drill.system}, ${drill.name}\n`);
    return drilled(drill, options);
  });
  print([HEAD, ...rows.map(({ cells }) => cells)]);
  return rows.every(({ isAsExpected }) => isAsExpected) ? 0 : 1;
}

function systemDrills() {
  const systems = readdirSync(SYSTEMS).filter((name) =>
    existsSync(join(SYSTEMS, name, 'drills.json')),
  );
  return systems.flatMap((system) => {
    const {
      needs = [],
      locate,
      drills,
    } = JSON.parse(readFileSync(join(SYSTEMS, system, 'drills.json'), 'utf8'));
    const programs = needs.filter((program) => !isInPath(program));
    const missing = [
      ...programs.map((program) => `there is no ${program}`),
      ...(locate === undefined ? [] : whyNotFound(join(SYSTEMS, system, locate))),
    ];
    return drills.map((drill) => ({ system, missing, ...drill }));
  });
}

function isInPath(program) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.some((folder) => existsSync(join(folder, program)));
}

/** In one line; empty where it is found. */
function whyNotFound(script) {
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  return status === 0 ? [] : [stderr.trim().split('\n').at(-1)];
}

function drilled(drill, given) {
  const { system, name, env, verdict: expected, oneOf } = drill;
  const { script = 'script.ts', options = [] } = drill;
  const folder = join(SYSTEMS, system);
  const out = join(REPORTS, `${system}-${name}`);
  rmSync(out, { recursive: true, force: true });
  const target = ['run', join(folder, script), '--target', join(folder, 'target.ts')];
  const started = performance.now();
  spawnSync(
    process.execPath,
    [join('bin', 'paydrill.js'), ...target, '--out', out, '--quiet', ...options, ...given],
    {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const file = join(out, 'summary.json');
  const { verdict = 'none', laws = [] } = existsSync(file)
    ? JSON.parse(readFileSync(file, 'utf8'))
    : {};
  const broken = laws.filter(({ status }) => status === 'broken').map((law) => law.name);
  const isNamed = oneOf === undefined || oneOf.some((law) => broken.includes(law));
  return {
    isAsExpected: verdict === expected && isNamed,
    cells: [
      system,
      name,
      oneOf ? `${expected} by ${oneOf.join(' or ')}` : expected,
      verdict,
      broken.join(', '),
      seconds,
    ],
  };
}

function print(rows) {
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)));
  for (const cells of rows) {
    const line = cells.map((cell, column) => cell.padEnd(widths[column]));
    process.stdout.write(`${line.join('  ').trimEnd()}\n`);
  }
}
