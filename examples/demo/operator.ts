import type { CallJson, TimelineItemJson } from '../../src/http/operator/calls/call-schemas.ts';
import type { PostbackJson } from '../../src/http/operator/postbacks/postback-schemas.ts';

type Page<T> = { items: T[]; next_cursor: string | null };

/** The operator's side of the server, /api/v1. */
export class Operator {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  /** @returns the key of a new incoming webhook */
  async createWebhook(name: string, type: string): Promise<string> {
    const webhook = await this.#request<{ auth_key: string }>('POST', '/webhooks/incoming', { name, type });
    return webhook.auth_key;
  }

  /** All calls, oldest first. */
  async listCalls(): Promise<CallJson[]> {
    const calls: CallJson[] = [];
    let cursor: string | null = null;
    do {
      const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page: Page<CallJson> = await this.#request('GET', `/calls?limit=500${after}`);
      calls.push(...page.items);
      cursor = page.next_cursor;
    } while (cursor !== null);
    return calls.reverse();
  }

  async readTimeline(callLogId: string): Promise<TimelineItemJson[]> {
    const path = `/calls/${encodeURIComponent(callLogId)}/timeline?limit=500`;
    return (await this.#request<Page<TimelineItemJson>>('GET', path)).items;
  }

  readPostback(id: string): Promise<PostbackJson> {
    return this.#request('GET', `/postbacks/${id}`);
  }

  async #request<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${method} ${path} was answered with ${JSON.stringify(answer)}`);
    return answer as T; // the shape that /openapi.json documents
  }
}
