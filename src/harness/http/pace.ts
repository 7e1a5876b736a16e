/** The option rps: HTTP requests wait for their turn, so that no more begin in a second. Each thread has its part of the whole. */
import type { HttpClient } from '../ports/http.js';

/** `nextTurn` resolves when the request may begin; all clients of a thread share it. */
export function pace(perSec: number, nowUs: () => number): () => Promise<void> {
  const apartUs = 1_000_000 / perSec;
  let nextUs = 0;
  return async () => {
    const now = nowUs();
    const turnUs = Math.max(now, nextUs);
    nextUs = turnUs + apartUs;
    if (turnUs > now) await new Promise((resolve) => setTimeout(resolve, (turnUs - now) / 1000));
  };
}

export function paced(client: HttpClient, nextTurn: () => Promise<void>): HttpClient {
  return {
    send: async (call) => {
      await nextTurn();
      return client.send(call);
    },
    close: () => client.close(),
    closeIdle: () => client.closeIdle(),
  };
}
