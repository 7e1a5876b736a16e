/** The whole prefilter over a run folder; `prefilter` is a copy with a mistake in it where that is what is tried. */
import { readBooksFacts } from '../books-facts.js';
import { readPlan } from '../circumstances.js';
import * as real from '../prefilter/scan.js';
import type { ScanFacts } from '../prefilter/scan-facts.js';

export async function scanRun(
  folder: string,
  prefilter: Pick<typeof real, 'scanJournal' | 'scanBooks'> = real,
): Promise<ScanFacts | undefined> {
  const journal = await prefilter.scanJournal(folder, readPlan(folder)?.money);
  const books = readBooksFacts(folder);
  if (!books.complete) throw new Error(books.reason);
  return journal && prefilter.scanBooks(journal, folder, books);
}
