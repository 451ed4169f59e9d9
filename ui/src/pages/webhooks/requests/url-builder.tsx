import { useState } from 'react';
import type { WebhookJson } from '../../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useSession } from '../../../api/session.ts';
import { usePresets } from '../../../api/webhooks/presets.ts';
import { Card } from '../../../components/card.tsx';
import { CopyBlock } from '../../../components/copy.tsx';
import { SelectField, TextField } from '../../../components/field.tsx';
import { SetupSteps, urlWithMacros } from '../create/setup-steps.tsx';
import { typePaths } from '../webhook-words.ts';
import { buildBody, buildUrl, type Values } from './build-request.ts';
import { callNamesOf, fieldsAtFirst, useBuilderFields } from './builder-fields.ts';
import { hasMacros, platformsFor, switchPlatform } from './platform-macros.ts';
import { type FieldValues, RequestFields, usedValues } from './request-fields.tsx';
import { Snippets } from './snippets.tsx';

const formChoices = [
  { value: 'url', label: 'GET URL' },
  { value: 'json', label: 'POST with a JSON body' },
];

/** Writes the URL or the body that a sender is to be given. Nothing of it leaves the browser. */
export function UrlBuilder({ webhook }: { webhook: WebhookJson }) {
  const { public_url: publicUrl } = useSession();
  const fields = useBuilderFields(webhook.type);
  const platforms = platformsFor(webhook.type, usePresets());
  const [values, setValues] = useState<FieldValues>(() =>
    Object.fromEntries(fieldsAtFirst(webhook.type).map((name) => [name, { isUsed: true, value: '' }])),
  );
  const [chosenName, setChosenName] = useState<string | null>(null);
  const [form, setForm] = useState('url');
  const [authKey, setAuthKey] = useState('');
  const platformName = chosenName ?? webhook.preset ?? '';
  const platform = platforms.find(({ name }) => name === platformName);
  const isOwn = platform !== undefined && platform.name === webhook.preset;
  const choosePlatform = (name: string) => {
    setChosenName(name);
    const next = platforms.find((one) => one.name === name);
    setValues(switchPlatform(values, fields, platform, next));
  };
  const address = `${publicUrl}/${typePaths[webhook.type]}`;
  const callNames = callNamesOf(webhook.type);
  const ticked = usedValues(fields, values);
  const used = ticked.filter(([, value]) => value !== '');
  const empty = ticked.filter(([, value]) => value === '').map(([name]) => name);
  const isFixed = platform !== undefined && !hasMacros(platform);
  const endpoint = buildUrl(address, authKey, []);
  const isPost = form === 'json' || isFixed;
  const fullUrl = isFixed
    ? endpoint
    : isOwn
      ? urlWithMacros(endpoint, platform)
      : buildUrl(address, authKey, used);
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-2">
      <Card title="What the sender sends">
        <div className="mb-5 grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Sender platform"
            value={platformName}
            choices={[
              { value: '', label: 'Any: type values or macros' },
              ...platforms.map(({ name, title }) => ({ value: name, label: title })),
            ]}
            onChange={choosePlatform}
          />
          <SelectField
            label="Form of the request"
            value={isPost ? 'json' : 'url'}
            choices={isFixed ? formChoices.slice(1) : formChoices}
            onChange={setForm}
          />
        </div>
        {platform !== undefined && (
          <p className="mb-5 rounded-md bg-raised px-3 py-2 text-sm">
            {isFixed ? (
              `${platform.title} has no macros for a URL, so there is no GET URL. Paste the endpoint URL there; it sends its own values by POST.`
            ) : (
              <>
                {platform.title} replaces macros in the form{' '}
                <code className="font-mono text-xs">{platform.notation || '…'}</code> by the values of the
                call.
              </>
            )}
            {!isOwn &&
              platform.type === webhook.type &&
              ' If it sends names of its own, choose it in the tab “Mapping”, too.'}
          </p>
        )}
        <RequestFields fields={fields} values={values} onChange={setValues} />
      </Card>
      <div className="min-w-0 space-y-5">
        <Card title="Ready to paste">
          <div className="space-y-4">
            <TextField
              label="Auth key"
              value={authKey}
              onChange={setAuthKey}
              isMono
              autoComplete="off"
              spellCheck={false}
              placeholder="rbk_…"
              hint="Paste it to show it in the text below; it stays in this browser. If it is lost, rotate the key."
            />
            {isPost ? (
              <PostRequest
                endpoint={endpoint}
                values={used}
                hasBody={!isFixed || platform.type !== 'calls'}
              />
            ) : (
              <CopyBlock label="GET URL" text={buildUrl(address, authKey, used)} isWrapped />
            )}
            {empty.length > 0 && (
              <p className="text-muted text-sm">
                Not included, because they have no value yet:{' '}
                <code className="font-mono text-xs">{empty.join(', ')}</code>.
              </p>
            )}
            {!isFixed && !used.some(([name]) => callNames.includes(name)) && (
              <p role="alert" className="text-danger text-sm">
                Fill in {callNames.join(' or ')}: without it the request is rejected.
              </p>
            )}
          </div>
        </Card>
        {platform !== undefined && (
          <Card title={`At ${platform.title}`}>
            <SetupSteps preset={platform} url={endpoint} fullUrl={fullUrl} />
          </Card>
        )}
        <Card title="As code">
          <Snippets type={webhook.type} address={address} authKey={authKey} values={used} />
        </Card>
      </div>
    </div>
  );
}

function PostRequest({ endpoint, values, hasBody }: { endpoint: string; values: Values; hasBody: boolean }) {
  return (
    <>
      <CopyBlock label="Endpoint URL" text={endpoint} isWrapped />
      {hasBody && <CopyBlock label="JSON body" text={JSON.stringify(buildBody(values), null, 2)} />}
      <p className="text-muted text-sm">
        Method POST{hasBody && ', header '}
        {hasBody && <code className="font-mono text-xs">Content-Type: application/json</code>}.
      </p>
    </>
  );
}
