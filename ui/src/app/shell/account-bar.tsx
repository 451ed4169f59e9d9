import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { KeyRound, LogOut, type LucideIcon, Monitor, Moon, Sun } from 'lucide-react';
import { useState } from 'react';
import { useSession, useSignOut } from '../../api/session.ts';
import { Button } from '../../components/button.tsx';
import { useAction } from '../../components/menus/actions.ts';
import { useToast } from '../../components/toast.tsx';
import { ChangePasswordDialog } from './change-password-dialog.tsx';
import { chooseTheme, type Theme, themes, useTheme } from './theme.ts';

/** Whose books these are, the theme, and the way out. */
export function AccountBar() {
  const { account, signed_in_as: name, role, person_id: personId } = useSession();
  const [isChanging, setChanging] = useState(false);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const toast = useToast();
  const signOut = useSignOut();
  const leave = () =>
    signOut.mutate(undefined, {
      onSuccess: async () => {
        await navigate({ to: '/sign-in' });
        queryClient.clear();
      },
      onError: (error) => toast.failed('You are still signed in', error),
    });
  useAction('Sign out', leave);
  return (
    <div className="flex min-w-0 items-center gap-2 md:flex-col md:items-stretch md:gap-3">
      <div className="hidden min-w-0 px-2 md:block">
        <div className="truncate font-medium text-sm" title={account.name}>
          <bdi>{account.name}</bdi>
        </div>
        <div className="truncate text-muted text-xs">
          <bdi>{name}</bdi>
          {name !== role && ` (${role})`} · {account.time_zone}
        </div>
      </div>
      <ThemeSwitch />
      {personId !== null && (
        <Button look="quiet" size="small" icon={KeyRound} onClick={() => setChanging(true)}>
          <span className="max-md:sr-only">Change password</span>
        </Button>
      )}
      {isChanging && <ChangePasswordDialog onClose={() => setChanging(false)} />}
      <Button look="quiet" size="small" icon={LogOut} onClick={leave} isBusy={signOut.isPending}>
        <span className="max-md:sr-only">Sign out</span>
      </Button>
    </div>
  );
}

const icons: Record<Theme, LucideIcon> = { light: Sun, dark: Moon, system: Monitor };

function ThemeSwitch() {
  const theme = useTheme();
  useAction('Use the light theme', () => chooseTheme('light'), theme !== 'light');
  useAction('Use the dark theme', () => chooseTheme('dark'), theme !== 'dark');
  useAction('Use the theme of the system', () => chooseTheme('system'), theme !== 'system');
  return (
    <fieldset className="flex rounded-md bg-raised p-0.5">
      <legend className="sr-only">Theme</legend>
      {themes.map((one) => {
        const Icon = icons[one];
        return (
          <label
            key={one}
            title={`Theme: ${one}`}
            className="relative flex flex-1 justify-center rounded-sm px-2 py-1 text-muted hover:text-ink has-checked:bg-chosen has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="theme"
              className="absolute inset-0 cursor-pointer opacity-0"
              checked={theme === one}
              onChange={() => chooseTheme(one)}
            />
            <span className="sr-only">{one}</span>
            <Icon aria-hidden className="size-4" />
          </label>
        );
      })}
    </fieldset>
  );
}
