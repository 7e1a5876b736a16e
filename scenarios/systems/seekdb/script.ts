/** Transfers in transactions of SQL, asked of whichever node is the primary. */
export { default, options } from '../sql/transfers.ts';
