/** What has gone one way through a proxy since it was made, over all of its connections. Bytes. */
export class LinkBytes {
  /** Read from who sends. */
  received = 0;
  /** Handed to the other side: less than was received by what toxics hold, cut off or throw away. */
  sent = 0;
}
