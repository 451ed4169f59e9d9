import type { PresetJson } from '../../../api/webhooks/presets.ts';
import { CopyField } from '../../../components/copy.tsx';

export type SetupStepsProps = {
  preset: PresetJson;
  /** of the endpoint, with the key */
  url: string;
  /** with the macros of the platform; the same as `url` where it has none */
  fullUrl: string;
};

/** What to do at the platform, step by step, with the real URL. */
export function SetupSteps({ preset, url, fullUrl }: SetupStepsProps) {
  const { setup, unconfirmed, docs } = preset;
  return (
    <div className="space-y-3 text-sm">
      <ol className="list-decimal space-y-1.5 pl-5">
        {setup.map((step) => (
          <li key={step} className="break-words">
            <StepText text={step} url={url} />
          </li>
        ))}
      </ol>
      <CopyField label={fullUrl === url ? 'URL to paste' : 'URL to paste, with its macros'} text={fullUrl} />
      {unconfirmed.length > 0 && (
        <div className="text-muted text-xs">
          <p>The public documentation of the platform does not confirm this:</p>
          <ul className="list-disc pl-5">
            {unconfirmed.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </div>
      )}
      {docs.length > 0 && (
        <p className="text-muted text-xs">
          Documentation of the platform:{' '}
          {docs.map((link) => (
            <a
              key={link}
              href={link}
              target="_blank"
              rel="noreferrer"
              className="mr-2 break-all text-accent underline"
            >
              {link}
            </a>
          ))}
        </p>
      )}
    </div>
  );
}

/** Backticks hold what is typed; `{url}` is the URL. */
function StepText({ text, url }: { text: string; url: string }) {
  return text.split('`').map((part, at) => {
    const key = `${at} ${part}`;
    if (at % 2 === 1) {
      return (
        <code key={key} className="break-all rounded-sm bg-raised px-1 font-mono text-xs">
          {part.replaceAll('{url}', url)}
        </code>
      );
    }
    const [before = '', ...after] = part.split('{url}');
    return (
      <span key={key}>
        {before}
        {after.map((rest) => (
          <span key={rest}>
            <code className="break-all rounded-sm bg-raised px-1 font-mono text-xs">{url}</code>
            {rest}
          </span>
        ))}
      </span>
    );
  });
}

/** The URL with every parameter of the preset. Macros stay as they are: percent-encoded, the platform would not know them. */
export function urlWithMacros(url: string, { macros = {} }: Pick<PresetJson, 'macros'>): string {
  const parameters = Object.entries(macros).map(([name, macro]) => `&${encodeURIComponent(name)}=${macro}`);
  return url + parameters.join('');
}
