import { type AccountStore, withAccountStore } from '../../offline/account-store.ts';
import { withSettings } from './with-settings.ts';

/** Runs `work` on the database of the settings and prints why it failed. @returns the exit code */
export function withStore(what: string, work: (store: AccountStore) => Promise<void>): Promise<number> {
  return withSettings(what, async (config, log) => {
    await withAccountStore(config, log, work);
    return 0;
  });
}
