import { useState } from 'react';
import type { PostbackJson } from '../../../../src/http/operator/postbacks/postback-schemas.ts';
import type { WebhookJson } from '../../../../src/http/operator/webhooks/webhook-schemas.ts';
import { useSession } from '../../api/session.ts';
import { type ExplainBody, useExplain } from '../../api/webhooks/mapping.ts';
import { usePresets } from '../../api/webhooks/presets.ts';
import { useChangeWebhook } from '../../api/webhooks/webhooks.ts';
import { Button } from '../../components/button.tsx';
import { Card } from '../../components/card.tsx';
import { SelectField } from '../../components/field.tsx';
import { useDebounced } from '../../components/lists/use-debounced.ts';
import { useToast } from '../../components/toast.tsx';
import { LookOnly } from '../access/look-only.tsx';
import { recordedRequestOf } from '../postbacks/postback/recorded-request.ts';
import { MappingFaults } from './mapping-faults.tsx';
import { useFieldAliases, useMappingFields } from './mapping-fields.ts';
import { MappingText } from './mapping-text.tsx';
import { Conditions } from './rows/conditions.tsx';
import { FieldRows } from './rows/field-rows.tsx';
import { proposeRow } from './rows/propose-row.ts';
import {
  type ConditionJson,
  emptyMapping,
  type MappingJson,
  mappingToSave,
  withOwnNames,
  withRow,
} from './rows/rows.ts';
import { ReadResult } from './sample/read-result.tsx';
import { listsIn, readPasted } from './sample/sample.ts';
import { SamplePicker } from './sample/sample-picker.tsx';
import { type SampleValue, valuesOf } from './sample/sample-value.ts';
import { SampleValues } from './sample/sample-values.tsx';

export type MappingEditorProps = {
  webhook: WebhookJson;
  /** the last requests of this sender, newest first */
  requests: readonly PostbackJson[];
  /** the request of the log that is shown; null: the newest */
  chosenId: string | null;
  onChoose(id: string): void;
  mayChange: boolean;
};

type Draft = { mapping: MappingJson; presetName: string | null };

/** Waits until typing pauses before the request is read again. */
const typingMs = 250;

/** A request on the left, the fields on the right, and beside each field what is read for it. */
export function MappingEditor({ webhook, requests, chosenId, onChoose, mayChange }: MappingEditorProps) {
  const aliases = useFieldAliases(webhook.type);
  const fields = useMappingFields(webhook.type);
  const { account } = useSession();
  const presets = usePresets().filter(({ type }) => type === webhook.type);
  const [saved, setSaved] = useState<Draft>(() => ({
    mapping: withOwnNames(webhook.mapping ?? emptyMapping, aliases),
    presetName: webhook.preset,
  }));
  const [{ mapping, presetName }, setDraft] = useState(saved);
  const setMapping = (next: MappingJson) => setDraft({ mapping: next, presetName });
  const [pasted, setPasted] = useState('');
  const [isPasting, setPasting] = useState(requests.length === 0);
  const [isText, setText] = useState(false);
  const change = useChangeWebhook(webhook.id);
  const toast = useToast();

  const logged = requests.find(({ id }) => id === chosenId) ?? requests[0];
  const sampleId = chosenId ?? logged?.id;
  const pastedRequest = readPasted(useDebounced(pasted, typingMs));
  const sample: ExplainBody | null = isPasting
    ? pastedRequest && { request: pastedRequest }
    : sampleId === undefined
      ? null
      : { postback_id: sampleId };
  const preset = presets.find(({ name }) => name === presetName);
  const each = mapping.each ?? preset?.mapping.each;
  const onlyWhen = mapping.only_when ?? preset?.mapping.only_when ?? [];
  const setOnlyWhen = (conditions: ConditionJson[]) => {
    const { only_when: _before, ...rest } = mapping;
    const isUnset = conditions.length === 0 && preset?.mapping.only_when === undefined;
    setMapping(isUnset ? rest : { ...rest, only_when: conditions });
  };
  const bare = { fields: {}, ...(each !== undefined && { each }) };
  const tried = useDebounced(mappingToSave(mapping), typingMs);
  const explained = useExplain(webhook.id, sample && { ...sample, mapping: tried, preset: presetName });
  const unmapped = useExplain(webhook.id, sample && { ...sample, mapping: bare, preset: null });
  const values = sample === null ? [] : valuesOf(unmapped.data);
  const body = isPasting ? pastedRequest?.body : recordedRequestOf(logged?.request)?.body;
  const lists = [...new Set([...listsIn(body), ...(each === undefined ? [] : [each])])];

  const isChanged = JSON.stringify({ mapping, presetName }) !== JSON.stringify(saved);
  const propose = (name: string, { source, text }: SampleValue) => {
    const field = fields.find((one) => one.name === name) ?? { name, type: 'text' as const, choices: [] };
    return proposeRow(field, source, text, account.default_country);
  };
  const save = () =>
    change.mutate(
      { mapping: mappingToSave(mapping), preset: presetName },
      {
        onSuccess: () => {
          setSaved({ mapping, presetName });
          toast.done('Saved: the next request is read by this mapping');
        },
      },
    );
  return (
    <div className="grid grid-cols-1 items-start gap-5 xl:grid-cols-[minmax(0,2fr)_minmax(0,3fr)]">
      <Card title="What the sender sends">
        <SamplePicker
          requests={requests}
          chosenId={sampleId}
          isPasting={isPasting}
          pasted={pasted}
          isPastedWrong={pasted.trim() !== '' && pastedRequest === null}
          onChoose={onChoose}
          onPaste={setPasted}
          onSwitch={setPasting}
        />
        {(lists.length > 0 || mapping.each !== undefined) && (
          <div className="mt-4">
            <SelectField
              label="Records in a request"
              value={each === undefined ? '' : `list:${each}`}
              choices={[
                { value: '', label: 'One: the whole request' },
                ...lists.map((pointer) => ({
                  value: `list:${pointer}`,
                  label: pointer === '' ? 'Each item of the list' : `Each item of ${pointer.slice(1)}`,
                })),
              ]}
              onChange={(chosen) => {
                const { each: _before, ...rest } = mapping;
                setMapping(chosen === '' ? rest : { ...rest, each: chosen.slice('list:'.length) });
              }}
              hint="Each record becomes a separate postback"
            />
          </div>
        )}
        <SampleValues
          values={values}
          fields={fields}
          mapping={mapping}
          hasTags={webhook.type !== 'update_revenue'}
          mayChange={mayChange}
          onAssign={(name, value) => setMapping(withRow(mapping, name, propose(name, value)))}
        />
        {unmapped.error !== null && (
          <MappingFaults error={unmapped.error} title="This request cannot be shown" />
        )}
      </Card>
      <Card
        title="How it is read"
        actions={
          <Button size="small" look="quiet" onClick={() => setText(!isText)} aria-pressed={isText}>
            {isText ? 'Show the form' : 'Edit as JSON'}
          </Button>
        }
      >
        <fieldset disabled={!mayChange} className="min-w-0 space-y-4">
          {presets.length > 0 && (
            <SelectField
              label="Platform"
              value={presetName ?? ''}
              choices={[
                { value: '', label: 'None: only the rows below' },
                ...presets.map(({ name, title }) => ({ value: name, label: title })),
              ]}
              onChange={(name) => setDraft({ mapping, presetName: name === '' ? null : name })}
              hint="A platform has predefined rows. A row that you set replaces the platform’s row"
            />
          )}
          {!isText && (
            <section aria-label="Which requests are read">
              <h3 className="mb-1 font-medium text-sm">Which requests are read</h3>
              <p className="mb-2 text-muted text-xs">
                {onlyWhen.length === 0
                  ? 'All of them.'
                  : 'Only those that meet every condition. Others are ignored, and are not in the log.'}
              </p>
              <Conditions
                label="Read requests only if"
                addLabel="Ignore other requests"
                conditions={onlyWhen}
                values={values}
                onChange={setOnlyWhen}
              />
            </section>
          )}
          <ReadResult explained={sample === null ? undefined : explained.data} fields={fields} />
          {explained.error !== null && sample !== null && (
            <MappingFaults error={explained.error} title="The mapping has errors" />
          )}
          {isText ? (
            <MappingText mapping={mapping} onChange={(next) => setMapping(withOwnNames(next, aliases))} />
          ) : (
            <FieldRows
              fields={fields}
              mapping={mapping}
              preset={preset?.mapping ?? null}
              values={values}
              explained={sample === null ? undefined : explained.data}
              requests={requests}
              hasTags={webhook.type !== 'update_revenue'}
              propose={propose}
              onChange={setMapping}
            />
          )}
        </fieldset>
        {change.error !== null && <MappingFaults error={change.error} title="The mapping was not saved" />}
        {mayChange ? (
          <div className="sticky bottom-0 -mx-4 mt-4 flex flex-wrap items-center justify-end gap-2 border-line border-t bg-surface px-4 pt-3 max-md:bottom-14 md:-mx-5 md:px-5">
            {isChanged && <span className="mr-auto text-muted text-sm">Not saved yet</span>}
            <Button disabled={!isChanged} onClick={() => setDraft(saved)}>
              Discard changes
            </Button>
            <Button look="primary" onClick={save} isBusy={change.isPending} disabled={!isChanged}>
              Save the mapping
            </Button>
          </div>
        ) : (
          <LookOnly act="change the mapping" />
        )}
      </Card>
    </div>
  );
}
