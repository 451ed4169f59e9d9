/** What every generated client does: create a webhook and a call, post back, read the log. */
export type Client = {
  createWebhook(): Promise<{ id: string; auth_key: string }>;
  createCall(callLogId: string): Promise<{ call_log_id: string }>;
  postBack(key: string, callLogId: string): Promise<{ postback_id: string; status: string }>;
  readLog(webhookId: string): Promise<{ id: string; status: string; call_log_id: string | null }[]>;
};

declare const process: { argv: string[]; stdout: { write(text: string): void } };

export const [, , baseUrl = '', token = ''] = process.argv;

export async function completeRound(client: Client, callLogId: string): Promise<void> {
  const webhook = await client.createWebhook();
  const call = await client.createCall(callLogId);
  const answer = await client.postBack(webhook.auth_key, call.call_log_id);
  const log = await client.readLog(webhook.id);
  const found = log.find(({ id }) => id === answer.postback_id);
  process.stdout.write(
    JSON.stringify({ status: answer.status, logged: found?.status, call: found?.call_log_id }),
  );
}

/** @throws where a response is not what was asked for */
export function expectData<T>(data: T | undefined, error: unknown): T {
  if (data === undefined) throw new Error(JSON.stringify(error));
  return data;
}

/** A postback's response is JSON unless it was asked for as text or a pixel. */
export function expectPostback<T>(data: T): Extract<T, { postback_id: string }> {
  if (typeof data === 'object' && data !== null && 'postback_id' in data)
    return data as Extract<T, { postback_id: string }>; // checked above
  throw new Error(`no response to a postback: ${String(data)}`);
}
