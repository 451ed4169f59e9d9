import type { Operator } from './operator.ts';
import { Tally } from './tally.ts';

type Answer = { status?: string; duplicate?: boolean; code?: string; detail?: string };

type Keys = { leads: string; pixel: string; crm: string; billing: string };

/** The systems that post back, each through a separate incoming webhook. */
export class Senders {
  readonly tally = new Tally();
  readonly #operator: Operator;
  readonly #url: string;
  readonly #keys: Keys;

  private constructor(operator: Operator, url: string, keys: Keys) {
    this.#operator = operator;
    this.#url = url;
    this.#keys = keys;
  }

  static async open(operator: Operator, url: string): Promise<Senders> {
    return new Senders(operator, url, {
      leads: await operator.createWebhook('Lead system', 'update_fields'),
      pixel: await operator.createWebhook('Thank-you page', 'update_fields'),
      crm: await operator.createWebhook('CRM', 'update_fields'),
      billing: await operator.createWebhook('Billing of the buyers', 'update_revenue'),
    });
  }

  /** The lead system posts JSON. */
  postLead(update: object, key = this.#keys.leads): Promise<void> {
    return this.#post('lead system', '/update-fields', update, key);
  }

  /** The CRM posts JSON, about calls that have ended. */
  postFromCrm(update: object): Promise<void> {
    return this.#post('CRM', '/update-fields', update, this.#keys.crm);
  }

  /** The buyers' billing posts what they really pay. */
  postRevenue(update: object): Promise<void> {
    return this.#post('billing', '/update-revenue', update, this.#keys.billing);
  }

  /** A page in the caller's browser loads an image. */
  async firePixel(parameters: Record<string, string>, userAgent = 'Mozilla/5.0'): Promise<void> {
    const query = new URLSearchParams({ auth_key: this.#keys.pixel, ...parameters });
    const response = await fetch(`${this.#url}/update-fields.gif?${query}`, {
      headers: { 'user-agent': userAgent },
    });
    await response.arrayBuffer();
    if (response.ok) return this.tally.add('pixel', String(response.headers.get('x-postback-status')));
    // An image cannot tell why it was rejected: the postback log does.
    const { code, detail } = await this.#operator.readPostback(String(response.headers.get('x-postback-id')));
    this.tally.addRejection('pixel', response.status, String(code), String(detail));
  }

  async #post(sender: string, path: string, update: object, key: string): Promise<void> {
    const response = await fetch(this.#url + path, {
      method: 'POST',
      headers: { 'x-auth-key': key, 'content-type': 'application/json' },
      body: JSON.stringify(update),
    });
    const answer = (await response.json()) as Answer; // what /openapi.json documents
    if (response.ok) this.tally.add(sender, answer.duplicate ? 'duplicate' : String(answer.status));
    else this.tally.addRejection(sender, response.status, String(answer.code), String(answer.detail));
  }
}
