/** What the batch writer and the store tell each other about one write. */

/** How a batch is written. */
export type WriteMode = {
  /** an earlier try may have been committed: what is in the log is not done again */
  mayHaveCommitted: boolean;
  /** one rejection or stale webhook, and nothing is done or logged */
  isAtomic: boolean;
  /** waits for no call: a postback whose call another transaction holds comes back as `locked`, and its neighbours are written */
  skipsLocked: boolean;
};

/**
 * Why a write failed. `retry`: nothing was done, try again. `locked`: another transaction holds a call. `outcome_unknown`: the
 * connection was lost during the commit. `data`: the database rejected a row. `bug`: all else.
 */
export type FailureKind = 'retry' | 'locked' | 'outcome_unknown' | 'data' | 'bug';
