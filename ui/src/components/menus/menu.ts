/** The look of menus that open at a button. */
export const menuPopupStyle =
  'max-h-(--available-height) min-w-48 max-w-[min(24rem,var(--available-width))] overflow-y-auto rounded-lg border border-line bg-surface p-1 shadow-lg outline-none';
export const menuItemStyle =
  'block w-full cursor-pointer truncate rounded-md px-2.5 py-1.5 text-left text-sm outline-none data-highlighted:bg-raised';
