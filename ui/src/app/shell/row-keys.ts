/** The keys that walk along the rows of a list, and where they mean nothing. */

/** @returns whether there was something to do */
export function pressKey(key: string): boolean {
  if (key === '/') return focusOn(document.querySelector('main input[type="search"]'));
  if (key === 'j') return moveRow(1);
  if (key === 'k') return moveRow(-1);
  if (key === 'Escape') return click(document.querySelector('main [data-key="Escape"]'));
  if (key === 'x')
    return click(document.activeElement?.closest('tr')?.querySelector('input[type="checkbox"]'));
  return false;
}

/** In the search of a list: on to its rows, or out of it once it is empty. */
export function pressKeyInSearch(key: string, target: EventTarget | null): boolean {
  if (!(target instanceof HTMLInputElement) || !target.matches('main input[type="search"]')) return false;
  if (key === 'Enter' || key === 'ArrowDown') return moveRow(1);
  if (key !== 'Escape' || target.value !== '') return false; // the browser empties it
  target.blur();
  return true;
}

/** The row that had the focus last: after a look at it, the next one is a key away. */
let lastPath: string | null = null;

/** The links of rows are where the focus goes: Enter follows them, and readers tell what they are. */
function moveRow(step: 1 | -1): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('main .row-link')].filter(
    (link) => link.offsetParent !== null,
  );
  const row = document.activeElement?.closest('tr');
  const at = links.findIndex((link) => (row == null ? link.pathname === lastPath : row.contains(link)));
  const link = links[at === -1 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)] ?? null;
  lastPath = link?.pathname ?? null;
  return focusOn(link);
}

function focusOn(element: HTMLElement | null): boolean {
  element?.focus();
  element?.scrollIntoView({ block: 'nearest' });
  return element !== null;
}

function click(element: HTMLElement | null | undefined): boolean {
  element?.click();
  return element != null;
}

/** A dialog or a menu has the keyboard for itself. */
export function isSomethingOpen(): boolean {
  const open = '[role="dialog"]:not([aria-modal="false"]), [role="alertdialog"], [role="menu"]'; // a toast is not modal
  return document.querySelector(open) !== null;
}

export function isTyping(target: EventTarget | null): boolean {
  const fields =
    'input:not([type="checkbox"], [type="radio"], [type="button"], [type="submit"]), textarea, select, [contenteditable]';
  return target instanceof Element && target.closest(fields) !== null;
}
