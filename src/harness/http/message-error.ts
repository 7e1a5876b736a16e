/** What came over a connection is no HTTP/1 answer: nothing behind it can be trusted. One line. */
export class HttpMessageError extends Error {
  override readonly name = 'HttpMessageError';
}
