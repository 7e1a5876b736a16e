/** Whether a target is named by a file that says what it is: `target.ts`, and whatever else holds options. */
export function isTargetFile(name: string): boolean {
  return /\.(ts|mts|cts|js|mjs|cjs|json|jsonc|yaml|yml|toml)$/.test(name) && !name.includes('://');
}
