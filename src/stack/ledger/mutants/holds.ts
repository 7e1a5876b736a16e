/** Planted bug void-after-capture: what was captured is given back as if it were held. */
import type { Books } from '../books.js';
import type { Command } from '../command.js';

/** The legs of the hold `command` refers to, posted the other way round. Where the entry is. */
export function giveBack(books: Books, command: Command, record: number): number {
  books.findEntry(books.findReference(command));
  const { legs } = books;
  legs.fromEntry(books.entryView, books.entryAt);
  for (let i = 0; i < legs.count; i++) legs.postings[i] = -legs.postings[i];
  if (legs.resolve() !== 0) throw new Error('a hold names an account that is gone');
  return books.post(command, record);
}
