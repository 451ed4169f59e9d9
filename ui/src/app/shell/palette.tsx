import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { type LinkProps, useNavigate } from '@tanstack/react-router';
import { type RefObject, useState } from 'react';
import { useFoundCalls } from '../../api/calls/calls.ts';
import { useViews } from '../../api/calls/views.ts';
import { type Permission, useSession } from '../../api/session.ts';
import { useDebounced } from '../../components/lists/use-debounced.ts';
import { type Action, offeredActions, runOnceOffered } from '../../components/menus/actions.ts';
import { formatInstant } from '../../components/time.tsx';
import { listPages } from './navigation.tsx';

type Item = { key: string; label: string; note?: string; run(): void };
type Group = { name: string; items: Item[] };

const typingPauseMs = 200;
const searchedCharsMin = 2;

type PaletteProps = { typedAhead: RefObject<string | null>; onClose(): void };

/** The dialog moves the focus a frame later, and what is typed meanwhile would be lost. */
const focusAtOnce = (input: HTMLInputElement | null) => input?.focus();

/** Pages, calls, saved views and actions in one list, found by a part of their names. */
export function Palette({ typedAhead, onClose }: PaletteProps) {
  const [text, setText] = useState(() => typedAhead.current ?? '');
  const [actions] = useState(offeredActions); // of the page below, as it was when the palette opened
  const typed = text.trim();
  const calls = useCallItems(useDebounced(typed, typingPauseMs));
  const groups = [...useOwnGroups(actions, typed), { name: 'Calls', items: typed === '' ? [] : calls }];
  return (
    <Dialog.Root open onOpenChange={onClose}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-backdrop" />
        <Dialog.Viewport className="fixed inset-0 flex items-start justify-center p-3 md:pt-[12vh]">
          <Dialog.Popup className="w-full max-w-xl overflow-hidden rounded-lg border border-line bg-surface shadow-xl">
            <Dialog.Title className="sr-only">Go to or do</Dialog.Title>
            <Autocomplete.Root
              items={groups.filter(({ items }) => items.length > 0)}
              mode="none"
              inline
              open
              autoHighlight="always"
              keepHighlight
              value={text}
              onValueChange={setText}
              itemToStringValue={({ label }: Item) => label}
            >
              <Autocomplete.Input
                ref={focusAtOnce}
                aria-label="Go to or do"
                placeholder="A page, a call id or number, a view, an action"
                dir="auto"
                className="w-full border-line border-b bg-transparent px-4 py-3 outline-none -outline-offset-2"
              />
              <Autocomplete.Empty className="px-4 text-muted text-sm [&:not(:empty)]:py-6">
                Nothing matches.
              </Autocomplete.Empty>
              <Autocomplete.List className="max-h-[min(26rem,60dvh)] overflow-y-auto p-1.5 empty:hidden">
                {(group: Group) => (
                  <Autocomplete.Group key={group.name} items={group.items} className="pb-1.5">
                    <Autocomplete.GroupLabel className="px-2.5 py-1 font-medium text-muted text-xs">
                      {group.name}
                    </Autocomplete.GroupLabel>
                    <Autocomplete.Collection>
                      {(item: Item) => (
                        <Autocomplete.Item
                          key={item.key}
                          value={item}
                          className="flex cursor-pointer items-baseline gap-3 rounded-md px-2.5 py-1.5 text-sm data-highlighted:bg-raised"
                          onClick={() => {
                            onClose();
                            item.run();
                          }}
                        >
                          <bdi className="shrink-0">{item.label}</bdi>
                          {item.note !== undefined && (
                            <bdi className="ml-auto truncate text-muted text-xs tabular-nums">
                              {item.note}
                            </bdi>
                          )}
                        </Autocomplete.Item>
                      )}
                    </Autocomplete.Collection>
                  </Autocomplete.Group>
                )}
              </Autocomplete.List>
            </Autocomplete.Root>
          </Dialog.Popup>
        </Dialog.Viewport>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

type ActionElsewhere = { label: string; to: NonNullable<LinkProps['to']>; permission: Permission };

/** What pages offer by these labels, and the palette on every page. */
const actionsElsewhere: ActionElsewhere[] = [
  { label: 'Create an incoming webhook', to: '/webhooks/incoming', permission: 'change_webhooks' },
  { label: 'Create an outgoing webhook', to: '/webhooks/outgoing/new', permission: 'change_webhooks' },
  { label: 'Create a token', to: '/access/tokens', permission: 'manage_tokens' },
  { label: 'Invite a person', to: '/access/people', permission: 'manage_tokens' },
];

/** All that is known without a request and has each word of the text. */
function useOwnGroups(actions: readonly Action[], typed: string): Group[] {
  const navigate = useNavigate();
  const { permissions } = useSession();
  const views = useViews();
  const words = typed.toLowerCase().split(/\s+/);
  const matching = (items: Item[]) =>
    items.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
  const pages = listPages(permissions).map(({ to, name }) => ({
    key: `page ${to}`,
    label: name,
    run: () => void navigate({ to }),
  }));
  const viewItems = views.map(({ id, name, query }) => ({
    key: `view ${id}`,
    label: name,
    run: () => void navigate({ to: '/calls', search: { ...query, view: id } }),
  }));
  const elsewhere = actionsElsewhere
    .filter(
      ({ label, permission }) =>
        permissions.includes(permission) && !actions.some((one) => one.label === label),
    )
    .map(({ label, to }) => ({
      label,
      run: () => {
        runOnceOffered(label);
        void navigate({ to });
      },
    }));
  const actionItems = [...actions, ...elsewhere].map((action) => ({
    key: `action ${action.label}`,
    ...action,
  }));
  return [
    { name: 'Pages', items: matching(pages) },
    { name: 'Saved views', items: matching(viewItems) },
    { name: 'Actions', items: matching(actionItems) },
  ];
}

/** The calls that a search finds, and the list of them all. */
function useCallItems(text: string): Item[] {
  const navigate = useNavigate();
  const { account } = useSession();
  const isSearched = text.length >= searchedCharsMin;
  const { data } = useFoundCalls(text, isSearched);
  if (!isSearched) return [];
  const found = (data?.items ?? []).map((call) => ({
    key: `call ${call.call_log_id}`,
    label: call.phone_number ?? call.call_log_id,
    note: [call.campaign, formatInstant(call.started_at, account.time_zone)].filter(Boolean).join(' · '),
    run: () => void navigate({ to: '/calls/$callLogId', params: { callLogId: call.call_log_id } }),
  }));
  const all = {
    key: 'search',
    label: `Search calls for “${text}”`,
    run: () => void navigate({ to: '/calls', search: { q: text } }),
  };
  return [...found, all];
}
