import { buildBody, buildUrl, keyPlaceholder, type Values } from './build-request.ts';
import {
  phpOf,
  pythonOf,
  quoteForHtml,
  quoteForPhp,
  quoteForScript,
  quoteForShell,
} from './code-literals.ts';

export type Snippet = { id: string; name: string; text: string };

/**
 * Code to paste that sends these values, whatever characters they have.
 * @param address of the endpoint, without a query
 */
export function snippetsOf(address: string, authKey: string, values: Values): Snippet[] {
  const key = authKey.trim() || keyPlaceholder;
  const body = buildBody(values);
  const get = buildUrl(address, key, values);
  const pixel = buildUrl(`${address}.gif`, key, values);
  return [
    {
      id: 'post',
      name: 'curl POST',
      text: `curl -X POST ${quoteForShell(address)} \\
  -H ${quoteForShell(`X-Auth-Key: ${key}`)} \\
  -H 'Content-Type: application/json' \\
  --data-raw ${quoteForShell(JSON.stringify(body))}`,
    },
    { id: 'get', name: 'curl GET', text: `curl --globoff ${quoteForShell(get)}` },
    {
      id: 'pixel',
      name: 'Pixel',
      text: `<img src="${quoteForHtml(pixel)}"\n  width="1" height="1" alt="" />`,
    },
    {
      id: 'fetch',
      name: 'JavaScript',
      text: `const response = await fetch(${quoteForScript(address)}, {
  method: 'POST',
  headers: { 'X-Auth-Key': ${quoteForScript(key)}, 'Content-Type': 'application/json' },
  body: JSON.stringify(${indent(JSON.stringify(body, null, 2), 2)}),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.detail);`,
    },
    {
      id: 'php',
      name: 'PHP',
      text: `$curl = curl_init(${quoteForPhp(address)});
curl_setopt_array($curl, [
    CURLOPT_POST => true,
    CURLOPT_RETURNTRANSFER => true,
    CURLOPT_HTTPHEADER => [${quoteForPhp(`X-Auth-Key: ${key}`)}, 'Content-Type: application/json'],
    CURLOPT_POSTFIELDS => json_encode(${indent(phpOf(body), 4)}),
]);
$answer = json_decode(curl_exec($curl), true);`,
    },
    {
      id: 'python',
      name: 'Python',
      text: `import json
from urllib.request import Request, urlopen

request = Request(
    ${quoteForScript(address)},
    data=json.dumps(${indent(pythonOf(body), 4)}).encode(),
    headers={'X-Auth-Key': ${quoteForScript(key)}, 'Content-Type': 'application/json'},
)
with urlopen(request) as response:
    answer = json.load(response)`,
    },
  ];
}

function indent(text: string, columns: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(columns)}`);
}
