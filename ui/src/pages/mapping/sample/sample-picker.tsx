import { use } from 'react';
import type { PostbackJson } from '../../../../../src/http/operator/postbacks/postback-schemas.ts';
import { Button } from '../../../components/button.tsx';
import { SelectField, TextAreaField } from '../../../components/field.tsx';
import { formatInstant, TimeZone } from '../../../components/time.tsx';

export type SamplePickerProps = {
  requests: readonly PostbackJson[];
  chosenId: string | undefined;
  isPasting: boolean;
  pasted: string;
  isPastedWrong: boolean;
  onChoose(id: string): void;
  onPaste(text: string): void;
  onSwitch(isPasting: boolean): void;
};

/** Which request is shown: one of the last ones, or a sample from the sender's documentation. */
export function SamplePicker(props: SamplePickerProps) {
  const { requests, chosenId, isPasting, pasted, isPastedWrong, onChoose, onPaste, onSwitch } = props;
  const zone = use(TimeZone);
  const label = ({ received_at: at, status, code }: PostbackJson) =>
    `${formatInstant(at, zone)} · ${status}${code === null ? '' : ` · ${code}`}`;
  const older = requests.some(({ id }) => id === chosenId) || chosenId === undefined ? [] : [chosenId];
  return (
    <div className="space-y-2">
      {isPasting ? (
        <TextAreaField
          label="Sample request"
          value={pasted}
          rows={5}
          onChange={onPaste}
          error={isPastedWrong ? 'Paste a URL with its parameters, a form (a=1&b=2), or JSON.' : undefined}
          hint="Paste a URL with its parameters, a form (a=1&b=2), or JSON, as the sender documents it. Nothing is applied"
        />
      ) : (
        <SelectField
          label="Request"
          value={chosenId ?? ''}
          choices={[
            ...requests.map((one) => ({ value: one.id, label: label(one) })),
            ...older.map((id) => ({ value: id, label: 'The request that you chose' })),
          ]}
          onChange={onChoose}
        />
      )}
      {requests.length > 0 && (
        <Button size="small" onClick={() => onSwitch(!isPasting)}>
          {isPasting ? 'Use a received request' : 'Paste a sample instead'}
        </Button>
      )}
    </div>
  );
}
