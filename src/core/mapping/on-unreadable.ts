export const unreadableChoices = ['refuse', 'keep'] as const;

/** What happens to a request that cannot be read: it is rejected, or kept until the mapping is corrected. */
export type OnUnreadable = (typeof unreadableChoices)[number];
