/**
 * What all virtual users of one thread share, put together: environment, console, files, scenarios.
 */
import { inspect, types } from 'node:util';
import type { CustomMetrics } from '../options/metrics.js';
import type { LogLevel, VuHost } from '../ports/host.js';
import type { Tags } from '../ports/metrics.js';
import type { ScenarioPlan } from '../schedule/plan.js';
import type { Segment } from '../schedule/segment.js';
import type { ScriptThread } from '../vu/script-thread.js';
import type { CompiledScript } from './compiled-script.js';
import type { ScriptFiles } from './script-files.js';

export function scriptThread(parts: {
  readonly script: CompiledScript;
  readonly host: VuHost;
  readonly scenarios: readonly ScenarioPlan[];
  readonly metrics: CustomMetrics;
  readonly files: ScriptFiles;
  readonly options?: unknown;
  readonly segment?: Segment | undefined;
  readonly tags?: Tags;
  readonly systemTags?: readonly string[] | undefined;
  readonly setupJson?: string | undefined;
}): ScriptThread {
  const { source, secrets, redact } = parts.script;
  const env = { ...source.env };
  return {
    host: parts.host,
    env,
    copyEnv: source.transformed.writesEnv,
    makesPromises: source.transformed.makesPromises,
    takesTurns: source.transformed.takesTurns,
    timesStarts: false,
    routineNames: new Set(source.transformed.routineNames),
    scenarios: parts.scenarios.map((plan) => ({ plan, env: { ...env, ...plan.env } })),
    options: parts.options,
    segment: parts.segment,
    tags: parts.tags ?? {},
    systemTags: parts.systemTags,
    setupJson: parts.setupJson,
    metrics: parts.metrics,
    console: scriptConsole(parts.host),
    shared: new Map(),
    files: parts.files,
    secrets,
    redact,
  };
}

function scriptConsole(host: VuHost): object {
  const at =
    (level: LogLevel) =>
    (...values: unknown[]): void =>
      host.log(level, values.map(shown).join(' '), 'console');
  return Object.freeze({
    log: at('info'),
    info: at('info'),
    debug: at('debug'),
    warn: at('warn'),
    error: at('error'),
  });
}

/** As k6 tells values: texts as they are, what JSON holds as JSON; nothing in a text is a place for another. */
function shown(value: unknown): string {
  if (typeof value === 'function') return '[object Function]';
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Error) return String(value);
  if (types.isAnyArrayBuffer(value) || ArrayBuffer.isView(value)) return inspect(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value); // it holds itself
  }
}
