import { Menu } from '@base-ui/react/menu';
import { Bookmark, ChevronDown } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useDeleteView, useSaveView, useViews, type ViewJson } from '../../../api/calls/views.ts';
import { useMay } from '../../../api/session.ts';
import { buttonStyle } from '../../../components/button.tsx';
import { ConfirmDialog } from '../../../components/dialogs/confirm-dialog.tsx';
import { type UrlSearch, useUrlSearch } from '../../../components/lists/url-search.ts';
import { menuItemStyle, menuPopupStyle } from '../../../components/menus/menu.ts';
import { useToast } from '../../../components/toast.tsx';
import { callSearchNames, noFilters } from './call-search.ts';

const ViewNameDialog = lazy(async () => ({
  default: (await import('./view-name-dialog.tsx')).ViewNameDialog,
}));

/** The saved views of the account, and the one that the page shows: opened, saved, renamed and deleted here. */
export function SavedViews() {
  const views = useViews();
  const { search, set } = useUrlSearch();
  const mayChange = useMay('change_views');
  const [naming, setNaming] = useState<'new' | 'rename' | null>(null);
  const [isDeleting, setDeleting] = useState(false);
  const save = useSaveView();
  const remove = useDeleteView();
  const toast = useToast();
  const shown = views.find(({ id }) => id === search['view']);
  const query = queryOf(search);
  const isChanged = shown !== undefined && !isSame(query, shown.query);
  const open = (view: ViewJson | null) => set({ ...noView, ...view?.query, view: view?.id });
  const saveChanges = () => {
    if (shown === undefined) return;
    save.mutate(
      { id: shown.id, query },
      {
        onSuccess: () => toast.done(`“${shown.name}” saved`),
        onError: (error) => toast.failed('The view was not saved', error),
      },
    );
  };
  return (
    <>
      <Menu.Root>
        <Menu.Trigger className={`${buttonStyle('secondary', 'small')} max-w-64 min-w-0 shrink!`}>
          <Bookmark aria-hidden className="size-4 shrink-0" />
          <bdi className="truncate">{shown?.name ?? 'Views'}</bdi>
          {isChanged && <span className="font-normal text-muted">(edited)</span>}
          <ChevronDown aria-hidden className="size-4 shrink-0 text-muted" />
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner side="bottom" align="start" sideOffset={6} className="z-20 outline-none">
            <Menu.Popup className={menuPopupStyle}>
              <Menu.RadioGroup
                value={shown?.id ?? ''}
                onValueChange={(id: string) => open(views.find((one) => one.id === id) ?? null)}
              >
                <ViewItem id="">All calls</ViewItem>
                {views.map(({ id, name }) => (
                  <ViewItem key={id} id={id}>
                    <bdi>{name}</bdi>
                  </ViewItem>
                ))}
              </Menu.RadioGroup>
              {mayChange && (
                <>
                  <Menu.Separator className="my-1 border-line border-t" />
                  {isChanged && (
                    <Menu.Item className={menuItemStyle} onClick={saveChanges}>
                      Save changes to this view
                    </Menu.Item>
                  )}
                  <Menu.Item className={menuItemStyle} onClick={() => setNaming('new')}>
                    Save as a new view…
                  </Menu.Item>
                  {shown !== undefined && (
                    <>
                      <Menu.Item className={menuItemStyle} onClick={() => setNaming('rename')}>
                        Rename this view…
                      </Menu.Item>
                      <Menu.Item className={`${menuItemStyle} text-danger`} onClick={() => setDeleting(true)}>
                        Delete this view…
                      </Menu.Item>
                    </>
                  )}
                </>
              )}
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {naming !== null && (
        <Suspense>
          <ViewNameDialog
            view={naming === 'rename' ? (shown ?? null) : null}
            query={query}
            onClose={() => setNaming(null)}
            onSaved={({ id }) => set({ view: id })}
          />
        </Suspense>
      )}
      <ConfirmDialog
        title="Delete this view?"
        action="Delete"
        isOpen={isDeleting}
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={() =>
          shown !== undefined &&
          remove.mutate(shown.id, {
            onSuccess: () => {
              setDeleting(false);
              set({ view: undefined });
            },
          })
        }
        onClose={() => setDeleting(false)}
      >
        <p>
          <bdi className="font-medium">{shown?.name}</bdi> is removed for all people of the account. Calls
          stay as they are.
        </p>
      </ConfirmDialog>
    </>
  );
}

function ViewItem({ id, children }: { id: string; children: ReactNode }) {
  return (
    <Menu.RadioItem
      value={id}
      closeOnClick
      className={`${menuItemStyle} data-checked:font-medium data-checked:text-accent`}
    >
      {children}
    </Menu.RadioItem>
  );
}

const noView: UrlSearch = { ...noFilters, sort: undefined };

/** What a view keeps of an address: filters as the API takes them. A period that is named moves with the calendar. */
function queryOf(search: UrlSearch): Record<string, string> {
  const { period, ...filters } = Object.fromEntries(callSearchNames.map((name) => [name, search[name]]));
  const query = { ...filters, ...(period !== 'custom' && { period }) };
  return Object.fromEntries(
    Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function isSame(one: Record<string, string>, two: Record<string, string>): boolean {
  const names = Object.keys({ ...one, ...two });
  return names.every((name) => one[name] === two[name]);
}
