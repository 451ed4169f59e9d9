/** An event stream as a client reads it. */
import { onTestFinished } from 'vitest';
import type { TestServer } from '../server.ts';

export type StreamEvent = { id: string; event: string; resources: string[] };

export class EventStream {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  readonly #abort: AbortController;
  #text = '';

  constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#reader = response.body?.getReader();
    this.#abort = abort;
  }

  close(): void {
    this.#abort.abort();
  }

  /** The next event; undefined where the server has ended the stream. */
  async next(): Promise<StreamEvent | undefined> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end === -1) {
        const { value, done } = (await this.#reader?.read()) ?? { done: true };
        if (done) return undefined;
        this.#text += Buffer.from(value ?? []).toString();
        continue;
      }
      const lines = this.#text.slice(0, end).split('\n');
      this.#text = this.#text.slice(end + 2);
      const members = new Map(
        lines.map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      );
      const data = members.get('data');
      if (data === undefined) continue; // a heartbeat, or the time to wait before another try
      return { id: members.get('id') ?? '', event: members.get('event') ?? '', ...JSON.parse(data) };
    }
  }

  /** Reads on until an event names the resource; fails where the stream ends before. */
  async untilChanged(resource: string): Promise<StreamEvent> {
    for (;;) {
      const event = await this.next();
      if (event === undefined) throw new Error(`the stream ended before ${resource} had changed`);
      if (event.resources.includes(resource)) return event;
    }
  }
}

/** Opens the stream of the server's account, by its token unless told otherwise; the test's end closes it. */
export async function openEvents(
  server: TestServer,
  lastEventId?: string,
  credentials: Record<string, string> = { authorization: `Bearer ${server.token}` },
): Promise<EventStream> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${server.url}/api/v1/events`, {
    headers: {
      ...credentials,
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  return new EventStream(response, abort);
}
