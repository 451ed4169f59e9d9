import type { WebhookType } from './webhook-words.ts';

/** What a first postback of each type may say. */
const examples: Record<WebhookType, Record<string, unknown>> = {
  update_fields: { call_log_id: 'CALL_ID', converted: true, revenue_paid_out: '12.50' },
  update_revenue: { call_log_id: 'CALL_ID', revenue: '12.50' },
  update_tags: { call_log_id: 'CALL_ID', add: { deal: 'won' } },
};

const exampleQueries: Record<WebhookType, string> = {
  update_fields: 'call_log_id=CALL_ID&converted=true&revenue_paid_out=12.50',
  update_revenue: 'call_log_id=CALL_ID&revenue=12.50',
  update_tags: 'call_log_id=CALL_ID&add=deal:won',
};

export type Snippet = { id: string; name: string; text: string };

/** Code to paste, with the webhook's own address and key. @param endpoint with the key in it */
export function snippetsOf(endpoint: string, authKey: string, type: WebhookType): Snippet[] {
  const url = endpoint.split('?')[0] ?? endpoint;
  const json = JSON.stringify(examples[type]);
  const pretty = JSON.stringify(examples[type], null, 2);
  const get = `${endpoint}&${exampleQueries[type]}`;
  return [
    {
      id: 'post',
      name: 'curl POST',
      text: `curl -X POST '${url}' \\\n  -H 'X-Auth-Key: ${authKey}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${json}'`,
    },
    { id: 'get', name: 'curl GET', text: `curl '${get}'` },
    {
      id: 'pixel',
      name: 'Pixel',
      text: `<img src="${`${url}.gif?${get.split('?')[1]}`.replaceAll('&', '&amp;')}"\n  width="1" height="1" alt="" />`,
    },
    {
      id: 'fetch',
      name: 'JavaScript',
      text: `const response = await fetch('${url}', {
  method: 'POST',
  headers: { 'X-Auth-Key': '${authKey}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${indent(pretty, 2)}),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.detail);`,
    },
    {
      id: 'php',
      name: 'PHP',
      text: `$curl = curl_init('${url}');
curl_setopt_array($curl, [
    CURLOPT_POST => true,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => ['X-Auth-Key: ${authKey}', 'Content-Type: application/json'],
    CURLOPT_POSTFIELDS => '${json}',
]);
$answer = json_decode(curl_exec($curl), true);`,
    },
    {
      id: 'python',
      name: 'Python',
      text: `import json
from urllib.request import Request, urlopen

request = Request(
    '${url}',
    data=json.dumps(${pythonOf(indent(pretty, 4))}).encode(),
    headers={'X-Auth-Key': '${authKey}', 'Content-Type': 'application/json'},
)
with urlopen(request) as response:
    answer = json.load(response)`,
    },
  ];
}

function indent(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}

function pythonOf(json: string): string {
  return json.replaceAll(': true', ': True').replaceAll(': false', ': False').replaceAll(': null', ': None');
}
