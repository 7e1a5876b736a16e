/** How c12 reads a file that a person names: that file and no other, and nothing is left in the temporary folder. */
export const PLAIN_FILE = {
  rcFile: false,
  globalRc: false,
  dotenv: false,
  packageJson: false,
  extend: false,
  envName: false,
  jitiOptions: { fsCache: false },
} as const;
