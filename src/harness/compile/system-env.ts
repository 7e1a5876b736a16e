/**
 * Variables of the process for `__ENV`: those that the script names anywhere. A script that looks them up by names it puts together has
 * only what it is given with `-e`: the rest of an environment is nobody's business, and `__ENV` is kept in the run folder.
 */

export type SystemEnv = Readonly<Record<string, string | undefined>>;

export function namedIn(code: string, env: SystemEnv): Readonly<Record<string, string>> {
  const words = new Set(code.match(/[A-Za-z_]\w*/g));
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && words.has(entry[0]),
    ),
  );
}
