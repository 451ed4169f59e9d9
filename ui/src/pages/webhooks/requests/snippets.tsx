import { useState } from 'react';
import { CopyBlock } from '../../../components/copy.tsx';
import { Tabs } from '../../../components/menus/tabs.tsx';
import type { WebhookType } from '../webhook-words.ts';
import type { Values } from './build-request.ts';
import { callNamesOf } from './builder-fields.ts';
import { snippetsOf } from './snippet-texts.ts';

export type SnippetsProps = {
  type: WebhookType;
  /** of the endpoint, without a query */
  address: string;
  /** empty: it is still to be put in */
  authKey: string;
  values: Values;
};

/** Ready to paste, for each kind of sender. */
export function Snippets({ type, address, authKey, values }: SnippetsProps) {
  const snippets = snippetsOf(address, authKey, values);
  const [open, setOpen] = useState('post');
  return (
    <section aria-label="Snippets">
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
                  URL: <code className="break-all font-mono text-xs">{address}</code>
                </li>
                <li>
                  Header <code className="font-mono text-xs">X-Auth-Key</code> with the auth key; payload or
                  body type JSON.
                </li>
                <li>
                  Data: <code className="font-mono text-xs">{callNamesOf(type).join(' or ')}</code>, and the
                  fields to set, each mapped to a value of the step before.
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
    </section>
  );
}
