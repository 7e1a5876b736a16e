/** `paydrill run --mirror <target file>`: the drill, the same of another target, and what their books differ in. */
import type { DrillHooks, DrillOptions } from '../harness/report/progress.js';
import { UserError } from '../harness/user-error.js';
import { print, printEnd, type SummaryMode } from './output.js';

/** What is about one drill alone. Throws UserError. */
export function refuseBesideMirror(given: Readonly<Record<string, unknown>>): void {
  const [other] = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : name,
  );
  if (other !== undefined)
    throw new UserError(
      `--mirror drills two targets, and --${other} is about one: leave out one of them`,
    );
}

/** Resolves to the exit code. */
export async function mirroredRun(
  options: DrillOptions,
  second: string,
  {
    view,
    json,
    mode,
  }: {
    readonly view: DrillHooks & { close(): void };
    readonly json: boolean;
    readonly mode: SummaryMode;
  },
): Promise<number> {
  const { runMirror } = await import('../harness/campaign/mirror/run-mirror.js');
  const { mirrorText } = await import('../harness/campaign/mirror/mirror-text.js');
  const { checkDrill, runDrill } = await import('../harness/drill.js');
  const end = await runMirror({
    options,
    second,
    check: checkDrill,
    drill: (drill) => runDrill(drill, view),
  });
  view.close();
  if (json) {
    const { first, mirror } = end;
    const all = { first: first.summary, second: end.second.summary, mirror };
    await print(`${JSON.stringify(all, undefined, 2)}\n`);
    return end.exitCode;
  }
  for (const one of [end.first, end.second]) await printEnd(one, { json, mode });
  await print(mirrorText(end.mirror));
  return end.exitCode;
}
