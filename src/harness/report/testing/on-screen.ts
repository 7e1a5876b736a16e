/** The summary as a terminal without colours shows it. */
import { NO_PAINT } from '../paint.js';
import type { Summary } from '../summary.js';
import { terminalSummary } from '../terminal.js';
import { summaryView } from '../view.js';

export const FOLDER = 'reports/20251111T000000Z-double-eleven';

export function onScreen(summary: Summary, columns: number, rows?: number): string {
  const page = {
    columns,
    paint: NO_PAINT,
    folder: FOLDER,
    ...(rows === undefined ? {} : { rows }),
  };
  return terminalSummary(summaryView(summary), page);
}
