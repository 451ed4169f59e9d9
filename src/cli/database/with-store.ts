import type { Config } from '../../config.ts';
import { type AccountStore, withAccountStore } from '../../offline/account-store.ts';
import { withSettings } from './with-settings.ts';

/** Runs `work` on the database of the settings and prints why it failed. @returns the exit code */
export function withStore(
  what: string,
  work: (store: AccountStore, config: Config) => Promise<void>,
): Promise<number> {
  return withSettings(what, async (config, log) => {
    await withAccountStore(config, log, (store) => work(store, config));
    return 0;
  });
}
