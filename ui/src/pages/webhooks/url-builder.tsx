import { useState } from 'react';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useSession } from '../../api/session.ts';
import { Card } from '../../components/card.tsx';
import { CopyBlock } from '../../components/copy.tsx';
import { SelectField, TextField } from '../../components/field.tsx';
import { buildBody, buildUrl } from './build-request.ts';
import { fieldsAtFirst, useBuilderFields } from './builder-fields.ts';
import { type FieldValues, RequestFields, usedValues } from './request-fields.tsx';
import { senderPlatforms } from './sender-platforms.ts';
import { Snippets } from './snippets.tsx';
import { typePaths } from './webhook-words.ts';

const platformChoices = [
  { value: '', label: 'Any: type values or macros' },
  ...senderPlatforms.map(({ id, name }) => ({ value: id, label: name })),
];

const formChoices = [
  { value: 'url', label: 'GET URL' },
  { value: 'json', label: 'POST with a JSON body' },
];

/** Writes the URL or the body that a sender is to be given. Nothing of it leaves the browser. */
export function UrlBuilder({ webhook }: { webhook: WebhookJson }) {
  const { public_url: publicUrl } = useSession();
  const fields = useBuilderFields(webhook.type);
  const [values, setValues] = useState<FieldValues>(() =>
    Object.fromEntries(fieldsAtFirst(webhook.type).map((name) => [name, { isUsed: true, value: '' }])),
  );
  const [platformId, setPlatformId] = useState('');
  const [form, setForm] = useState('url');
  const [authKey, setAuthKey] = useState('');
  const platform = senderPlatforms.find(({ id }) => id === platformId);
  const choosePlatform = (id: string) => {
    setPlatformId(id);
    const macros = senderPlatforms.find((one) => one.id === id)?.macros ?? {};
    const known = fields.filter(({ name }) => macros[name] !== undefined);
    if (known.length === 0) return;
    const rest = fields.some(({ name }) => name === 'converted')
      ? { converted: { isUsed: true, value: 'true' } }
      : {};
    setValues({
      ...rest,
      ...Object.fromEntries(known.map(({ name }) => [name, { isUsed: true, value: macros[name] ?? '' }])),
    });
  };
  const address = `${publicUrl}/${typePaths[webhook.type]}`;
  const used = usedValues(fields, values, true);
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
      <Card title="What the sender sends">
        <div className="mb-5 grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Sender platform"
            value={platformId}
            choices={platformChoices}
            onChange={choosePlatform}
          />
          <SelectField label="Form of the request" value={form} choices={formChoices} onChange={setForm} />
        </div>
        {platform !== undefined && (
          <p className="mb-5 rounded-md bg-raised px-3 py-2 text-sm">
            {platform.note}{' '}
            {platform.notation !== '' && (
              <>
                Its macros look like <code className="font-mono text-xs">{platform.notation}</code>; what is
                not filled in here, look up there.
              </>
            )}
          </p>
        )}
        <RequestFields fields={fields} values={values} onChange={setValues} />
      </Card>
      <div className="min-w-0 space-y-5 xl:sticky xl:top-6">
        <Card title="What to give the sender">
          <div className="space-y-4">
            <TextField
              label="Auth key"
              value={authKey}
              onChange={setAuthKey}
              isMono
              autoComplete="off"
              spellCheck={false}
              placeholder="rbk_…"
              hint="Paste it to have it in the text below; it stays in this browser. Lost? Rotate the key."
            />
            {form === 'url' ? (
              <CopyBlock label="GET URL" text={buildUrl(address, authKey, used)} isWrapped />
            ) : (
              <>
                <CopyBlock label="Endpoint URL" text={buildUrl(address, authKey, [])} isWrapped />
                <CopyBlock label="JSON body" text={JSON.stringify(buildBody(used), null, 2)} />
                <p className="text-muted text-sm">
                  Method POST, header{' '}
                  <code className="font-mono text-xs">Content-Type: application/json</code>.
                </p>
              </>
            )}
            {!used.some(([name]) => name === 'call_log_id' || name === 'phone_number') && (
              <p role="alert" className="text-danger text-sm">
                Tick call_log_id or phone_number: without one of them no call is found.
              </p>
            )}
          </div>
        </Card>
        <Card title="As code">
          <Snippets address={address} authKey={authKey} values={used} />
        </Card>
      </div>
    </div>
  );
}
