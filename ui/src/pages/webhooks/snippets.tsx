import { useState } from 'react';
import { CopyBlock } from '../../components/copy.tsx';
import { Tabs } from '../../components/tabs.tsx';
import { snippetsOf } from './snippet-texts.ts';
import type { WebhookType } from './webhook-words.ts';

export type SnippetsProps = { endpoint: string; authKey: string; type: WebhookType };

/** Ready to paste, for each kind of sender. */
export function Snippets({ endpoint, authKey, type }: SnippetsProps) {
  const snippets = snippetsOf(endpoint, authKey, type);
  const [open, setOpen] = useState('post');
  const url = endpoint.split('?')[0];
  return (
    <section aria-label="Snippets">
      <h3 className="mb-2 font-medium text-sm">Try it, or paste it where the sender takes it</h3>
      <Tabs
        label="Snippets"
        open={open}
        onOpen={setOpen}
        tabs={[
          ...snippets.map(({ id, name, text }) => ({
            id,
            name,
            content: <CopyBlock label={name} text={text} />,
          })),
          {
            id: 'no-code',
            name: 'Zapier, Make',
            content: (
              <ol className="list-decimal space-y-1.5 pl-5 text-sm">
                <li>
                  Zapier: add <b>Webhooks by Zapier</b> → <b>POST</b>. Make: add <b>HTTP</b> →{' '}
                  <b>Make a request</b>, method POST.
                </li>
                <li>
                  URL: <code className="break-all font-mono text-xs">{url}</code>
                </li>
                <li>
                  Header <code className="font-mono text-xs">X-Auth-Key</code> with the auth key above;
                  payload or body type JSON.
                </li>
                <li>
                  Data: <code className="font-mono text-xs">call_log_id</code> or{' '}
                  <code className="font-mono text-xs">phone_number</code>, and the fields to set, each mapped
                  to a value of the step before.
                </li>
                <li>
                  Give <code className="font-mono text-xs">transaction_id</code> an id of that step: a run
                  that is repeated then does nothing twice.
                </li>
              </ol>
            ),
          },
        ]}
      />
      <p className="mt-2 text-muted text-xs">
        Replace CALL_ID with a call’s id, or send <code className="font-mono">phone_number</code> in its
        place. All fields:{' '}
        <a href="/docs" className="text-accent underline">
          documentation
        </a>
        .
      </p>
    </section>
  );
}
