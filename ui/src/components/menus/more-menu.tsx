import { Menu } from '@base-ui/react/menu';
import { Ellipsis, type LucideIcon } from 'lucide-react';
import { buttonStyle } from '../button.tsx';
import { menuItemStyle, menuPopupStyle } from './menu.ts';

export type MoreAction = { label: string; icon: LucideIcon; isDestructive?: boolean; run(): void };

/** What is done rarely, or destroys something: behind a button, so that it is not pressed by mistake. */
export function MoreMenu({ actions }: { actions: readonly MoreAction[] }) {
  return (
    <Menu.Root>
      <Menu.Trigger aria-label="More actions" className={buttonStyle()}>
        <Ellipsis aria-hidden className="size-4" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="bottom" align="end" sideOffset={6} className="z-20 outline-none">
          <Menu.Popup className={menuPopupStyle}>
            {actions.map(({ label, icon: Icon, isDestructive = false, run }) => (
              <Menu.Item
                key={label}
                className={`${menuItemStyle} ${isDestructive ? 'text-danger' : ''}`}
                onClick={run}
              >
                <Icon aria-hidden className="mr-2 inline size-4 align-text-bottom" />
                {label}
              </Menu.Item>
            ))}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
