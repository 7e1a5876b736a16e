/** Of what a program printed the line that most likely says why it failed: the last that speaks of an error, or simply the last. */
export function tellingLine(lines: readonly string[]): string | undefined {
  const last = lines.filter((line) => line.trim() !== '').slice(-LAST_LINES);
  return (
    last.findLast((line) => /error|fatal|panic|exception/i.test(line)) ?? last.at(-1)
  )?.trim();
}

const LAST_LINES = 50;
