/** What is said of a planted bug. */

export interface MutantRow {
  readonly bug: string;
  /** Where in src/stack it is planted. */
  readonly room: 'ledger' | 'payments' | 'gateway' | 'risk';
  /** The script of scenarios/ in which that happens; absent: every-operation.ts. */
  readonly scenario?: string;
  /** What has to happen for it to show. */
  readonly exposedBy: string;
  /** It shows only while the stack is being broken. */
  readonly needsFault?: true;
  /** The law that must be broken; others may be broken with it. Undefined where no law sees it: `hole` says why. */
  readonly law: string | undefined;
  /** Laws whose breach may be told first: what the bug does to whom it meets first decides. */
  readonly orLaws?: readonly string[];
  /** Why it can go unseen, or is seen as something else than a broken law. */
  readonly hole?: string;
}
