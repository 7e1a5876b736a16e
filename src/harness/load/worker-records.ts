/** All that a worker writes down: what it asked and was told, the names and legs that go with that, and what was told of lists. */
import { AccountNames } from '../journal/account-names.js';
import { ListHistory } from '../journal/list-history.js';
import { ToldLegs } from '../journal/told-legs.js';
import { JournalWriter } from '../journal/writer.js';
import type { PartCounts } from '../records/journal-record.js';
import type { WorkerTask } from './messages.js';

export class WorkerRecords {
  readonly journal: JournalWriter;
  readonly names: AccountNames;
  readonly legs: ToldLegs;
  readonly lists: ListHistory;

  /** `nowUs`: microseconds since the drill began. Throws the file system's error. */
  constructor(task: WorkerTask, nowUs: () => number) {
    const { worker, runId } = task;
    this.journal = new JournalWriter({ folder: task.journalFolder, worker, runId });
    this.names = new AccountNames({ folder: task.namesFolder, worker });
    this.legs = new ToldLegs({ folder: task.legsFolder, worker });
    this.lists = new ListHistory({ folder: task.listsFolder, worker, runId, nowUs });
  }

  flush(): void {
    this.journal.flush();
    this.names.flush();
    this.legs.flush();
    this.lists.flush();
  }

  /** Returns what the journal held; undefined where it could not be written to its end, or is to be lost: then the rest is not written either. */
  close({ lose }: { readonly lose: boolean }): PartCounts | undefined {
    if (!lose) {
      this.names.flush();
      this.legs.flush();
      this.lists.close();
    }
    return this.journal.close({ lose });
  }
}
