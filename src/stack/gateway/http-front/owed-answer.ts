/** The answer to one request of a connection, from when it is asked until it may be written: answers leave in the order of requests. */
import { ACK_BYTES } from '../../../wire/acks.js';
import type { AckSink } from '../../payments/ack-sink.js';
import type { AnswerText } from './answer-text.js';

/** Between `place` and `placed` nothing else happens in the process, so that one record serves all. */
const ACK_VIEW = new DataView(new ArrayBuffer(ACK_BYTES));

export interface AnswerOwner {
  readonly answers: AnswerText;
  /** The answer has its text. */
  answered(): void;
}

export class OwedAnswer implements AckSink {
  readonly view = ACK_VIEW;
  /** Empty until it is known. */
  text = '';
  readonly #owner: AnswerOwner;
  readonly #id: string;

  /** `id` as text, of an operation; of a question none. */
  constructor(owner: AnswerOwner, id = '') {
    this.#owner = owner;
    this.#id = id;
  }

  place(): number {
    return 0;
  }

  placed(): void {
    this.settle(this.#owner.answers.ofOperation(ACK_VIEW, this.#id));
  }

  settle(text: string): void {
    this.text = text;
    this.#owner.answered();
  }
}
