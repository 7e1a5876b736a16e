/** Transfers in transactions of SQL, asked of one node of the cluster or of all three. */
export { default, options } from '../sql/transfers.ts';
