/** Time and pressure: what the writer makes of a write function that answers, fails or takes its time. */
import { describe, expect, test } from 'vitest';
import { noChanges } from '../core/calls/call.ts';
import { noEvent } from '../core/calls/call-event.ts';
import type { Outcome, Postback } from '../core/updates/postback.ts';
import { reject } from '../core/updates/rejection.ts';
import type { FailureKind, WriteMode } from '../core/updates/write-mode.ts';
import { emptyTags } from '../core/values/tags.ts';
import { Writer, type WriterOptions } from './writer.ts';

class Failure extends Error {
  readonly kind: FailureKind;

  constructor(kind: FailureKind) {
    super(kind);
    this.kind = kind;
  }
}

/** A writer with one lane whose batches are written by `write`, and all that it did. */
function makeWriter(
  write: (ids: string[], mode: WriteMode, accountId: string) => Promise<void>,
  options: Partial<WriterOptions> = {},
) {
  const batches: string[][] = [];
  const modes: WriteMode[] = [];
  const pauses: number[] = [];
  const failures: FailureKind[] = [];
  const writer = new Writer({
    lanes: 1,
    batchMax: 500,
    queueMax: 1_000,
    async write(accountId, postbacks, mode) {
      const ids = postbacks.map(({ postbackId }) => postbackId);
      batches.push(ids);
      modes.push(mode);
      await write(ids, mode, accountId);
      return postbacks.map(outcomeOf);
    },
    classify: (error) => (error instanceof Failure ? error.kind : 'bug'),
    sleep: async (ms) => void pauses.push(ms),
    random: () => 1,
    onFailure: (kind) => failures.push(kind),
    onCommit: () => {},
    ...options,
  });
  return { writer, batches, modes, pauses, failures };
}

function postbackOf(postbackId: string, accountId = 'account'): Postback {
  return {
    accountId,
    postbackId,
    receivedAt: '2026-11-23T12:00:00.000Z',
    sender: { changedBy: 'a test' },
    sourceIp: '127.0.0.1',
    request: '{}',
    target: { callLogId: 'C1' },
    update: { set: { reason: 'x' }, add: emptyTags(), remove: [] },
    transactionId: null,
    isDryRun: false,
    ignored: [],
    rejection: null,
  };
}

function outcomeOf({ postbackId, rejection }: Postback): Outcome {
  return {
    postbackId,
    status: rejection === null ? 'applied' : 'rejected',
    isDuplicate: false,
    callLogId: 'C1',
    matchedBy: 'call_log_id',
    candidates: 1,
    changes: noChanges(),
    kept: [],
    ignored: [],
    rejection,
  };
}

function submit(writer: Writer, ...ids: string[]) {
  return Promise.all(ids.map((id) => writer.submit(postbackOf(id))));
}

/** A write that waits until it is released. */
function makeGate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  let arrive = () => {};
  const reached = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const pass = async () => {
    arrive();
    await opened;
  };
  return { pass, reached, open };
}

const succeed = async () => {};

describe('batches', () => {
  test('what came in one turn of the event loop is written together, and answered each with its own', async () => {
    const { writer, batches } = makeWriter(succeed);
    const results = await submit(writer, 'a', 'b', 'c');
    expect(batches).toEqual([['a', 'b', 'c']]);
    expect(results).toMatchObject([{ postbackId: 'a' }, { postbackId: 'b' }, { postbackId: 'c' }]);
  });

  test('what comes while one is written is the next one, at most so many at once, in the order of receipt', async () => {
    const gate = makeGate();
    const { writer, batches } = makeWriter(gate.pass, { batchMax: 2 });
    const first = submit(writer, 'a');
    await gate.reached;
    const others = submit(writer, 'b', 'c', 'd');
    expect(writer.depth).toBe(4);
    gate.open();
    await Promise.all([first, others]);
    expect(batches).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(writer.depth).toBe(0);
  });

  test('are of one account each, and accounts that take turns still share their transactions', async () => {
    const accounts: string[] = [];
    const { writer, batches } = makeWriter(async (_ids, _mode, accountId) => void accounts.push(accountId));
    const sent = ['a1', 'b1', 'a2', 'b2'].map((id) => writer.submit(postbackOf(id, id.charAt(0))));
    await Promise.all(sent);
    expect(batches).toEqual([
      ['a1', 'a2'],
      ['b1', 'b2'],
    ]);
    expect(accounts).toEqual(['a', 'b']);
  });

  test('of an account whose database is away delay no other account, and are written when it is back', async () => {
    const back = makeGate();
    let isAway = true;
    const write = async (_ids: string[], _mode: WriteMode, accountId: string) => {
      if (accountId === 'away' && isAway) throw new Failure('retry');
    };
    const { writer } = makeWriter(write, { sleep: back.pass });
    const away = writer.submit(postbackOf('a', 'away'));
    await back.reached;
    expect(await writer.submit(postbackOf('b', 'there'))).toMatchObject({
      postbackId: 'b',
      status: 'applied',
    });
    isAway = false;
    back.open();
    expect(await away).toMatchObject({ postbackId: 'a', status: 'applied' });
  });

  test('of different lanes do not wait for each other, and a call keeps to its lane', async () => {
    const gate = makeGate();
    const { writer } = makeWriter((ids) => (ids.includes('slow') ? gate.pass() : succeed()), { lanes: 3 });
    const callOf = (at: number): Postback => ({ ...postbackOf(`p${at}`), target: { callLogId: `C${at}` } });
    const slow = writer.submit({ ...callOf(0), postbackId: 'slow' });
    await gate.reached;
    let isBehindSlow = false;
    const behind = writer.submit(callOf(0)).then(() => {
      isBehindSlow = true;
    });
    // Of twenty calls some are in other lanes, whatever the hash.
    await Promise.race(Array.from({ length: 20 }, (_, at) => writer.submit(callOf(at + 1))));
    expect(isBehindSlow).toBe(false);
    gate.open();
    await Promise.all([slow, behind]);
  });
});

describe('a failure that may pass', () => {
  test('is tried again with growing pauses, and the sender gets the result only', async () => {
    let tries = 0;
    const { writer, batches, pauses, failures } = makeWriter(async () => {
      tries += 1;
      if (tries < 4) throw new Failure('retry');
    });
    expect(await submit(writer, 'a', 'b')).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
    expect(batches).toEqual(Array(4).fill(['a', 'b']));
    expect(pauses).toEqual([40, 80, 160]);
    expect(failures).toEqual(['retry', 'retry', 'retry']);
  });

  test('is answered after about 1 s with store_unavailable, when it stays', async () => {
    const { writer, pauses, modes } = makeWriter(() => Promise.reject(new Failure('retry')));
    const [result] = await submit(writer, 'a');
    expect(result).toMatchObject({ status: 'rejected', rejection: { code: 'store_unavailable' } });
    expect(pauses.reduce((sum, ms) => sum + ms)).toBeLessThan(2_000);
    expect(modes.every(({ mayHaveCommitted }) => !mayHaveCommitted)).toBe(true);
  });

  test('during a commit is answered with outcome_unknown, after a longer wait, when the database stays away', async () => {
    let tries = 0;
    const { writer, pauses, modes } = makeWriter(async () => {
      tries += 1;
      throw new Failure(tries === 2 ? 'outcome_unknown' : 'retry');
    });
    const [result] = await submit(writer, 'a');
    expect(result).toMatchObject({ status: 'rejected', rejection: { code: 'outcome_unknown' } });
    expect(modes.map(({ mayHaveCommitted }) => mayHaveCommitted)).toEqual([
      false,
      false,
      ...Array(7).fill(true),
    ]);
    const waitedMs = pauses.reduce((sum, ms) => sum + ms);
    expect(waitedMs).toBeGreaterThan(4_000);
    expect(waitedMs).toBeLessThan(8_000);
  });

  test('during a commit leaves the outcome unknown to the halves of a batch in which a row is bad', async () => {
    const kinds: FailureKind[] = ['outcome_unknown', 'data'];
    const { writer, batches, modes } = makeWriter(async () => {
      const kind = kinds.shift();
      if (kind !== undefined) throw new Failure(kind);
    });
    await submit(writer, 'a', 'b');
    expect(batches).toEqual([['a', 'b'], ['a', 'b'], ['a'], ['b']]);
    expect(modes.map(({ mayHaveCommitted }) => mayHaveCommitted)).toEqual([false, true, true, true]);
  });

  test('is retried at another moment by each process', async () => {
    const { writer, pauses } = makeWriter(() => Promise.reject(new Failure('retry')), { random: () => 0 });
    await submit(writer, 'a');
    expect(pauses[0]).toBe(20);
  });
});

describe('a row that the database rejects', () => {
  const rejectRow = (bad: string[]) => async (ids: string[]) => {
    if (ids.some((id) => bad.includes(id))) throw new Failure('data');
  };

  test('is found and rejected, and its neighbours are written, each once and in order', async () => {
    const written: string[] = [];
    const { writer } = makeWriter(async (ids) => {
      await rejectRow(['c', 'f'])(ids);
      written.push(...ids);
    });
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const results = await submit(writer, ...ids);
    expect(results.map((result) => typeof result === 'object' && result.rejection?.code)).toEqual([
      ...[undefined, undefined, 'invalid_value', undefined],
      ...[undefined, 'invalid_value', undefined],
    ]);
    expect(written).toEqual(['a', 'b', 'd', 'e', 'g']);
  });

  test('is logged without its update where that works', async () => {
    const logged: Postback[] = [];
    const { writer } = makeWriter(succeed, {
      async write(_accountId, postbacks) {
        if (postbacks.some(({ rejection }) => rejection === null)) throw new Failure('data');
        logged.push(...postbacks);
        return postbacks.map(outcomeOf);
      },
    });
    expect(await submit(writer, 'a')).toMatchObject([
      { postbackId: 'a', rejection: { code: 'invalid_value' } },
    ]);
    expect(logged).toMatchObject([{ postbackId: 'a', update: { set: {}, add: {}, remove: [] } }]);
  });

  test('that was rejected before is answered with that', async () => {
    const { writer, batches } = makeWriter(() => Promise.reject(new Failure('data')));
    const rejection = reject('no_updates', 'Send one.');
    expect(await writer.submit({ ...postbackOf('a'), rejection })).toMatchObject({
      rejection: { code: 'no_updates' },
    });
    expect(batches).toHaveLength(1);
  });

  test('leaves its neighbours their answer when the next half meets a bug', async () => {
    const { writer } = makeWriter(async (ids) => {
      if (ids.length > 2) throw new Failure('data');
      if (ids.includes('c')) throw new Error('a bug');
    });
    const settled = await Promise.allSettled(['a', 'b', 'c', 'd'].map((id) => writer.submit(postbackOf(id))));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected']);
  });
});

describe('locked calls', () => {
  test('keep call events apart from updates, as lanes do', async () => {
    const free = makeGate();
    const batches: string[][] = [];
    let isLocked = true;
    const { writer } = makeWriter(succeed, {
      sleep: free.pass,
      async write(_accountId, postbacks) {
        batches.push(postbacks.map(({ postbackId }) => postbackId));
        return isLocked ? postbacks.map(() => 'locked') : postbacks.map(outcomeOf);
      },
    });
    const sent = [writer.submit(postbackOf('update'))];
    await free.reached;
    for (const id of ['other update', 'event']) {
      const postback = { ...postbackOf(id), target: { callLogId: id } };
      sent.push(writer.submit(id === 'event' ? { ...postback, event: noEvent() } : postback));
    }
    await expect.poll(() => new Set(batches.flat()).size).toBe(sent.length);
    isLocked = false;
    free.open();
    expect(await Promise.all(sent)).toMatchObject(Array(3).fill({ status: 'applied' }));
    for (const batch of batches) expect(new Set(batch.map((id) => id.includes('event'))).size).toBe(1);
  });
});

describe('a bug', () => {
  test('is not tried again and reaches every caller', async () => {
    const { writer, batches } = makeWriter(() => Promise.reject(new Error('a bug')));
    const settled = await Promise.allSettled(['a', 'b'].map((id) => writer.submit(postbackOf(id))));
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(batches).toHaveLength(1);
    expect(writer.depth).toBe(0);
  });

  test('of too few results is one', async () => {
    const { writer } = makeWriter(succeed, { write: async () => [] });
    await expect(writer.submit(postbackOf('a'))).rejects.toThrow('0 results for 1 postbacks');
  });
});

describe('pressure', () => {
  test('more than the queue holds are rejected at once, and room is there again after a commit', async () => {
    const gate = makeGate();
    const { writer, batches } = makeWriter(gate.pass, { queueMax: 2 });
    const taken = submit(writer, 'a', 'b');
    expect(await submit(writer, 'c')).toMatchObject([{ rejection: { code: 'store_unavailable' } }]);
    expect(await writer.submitAtomic([postbackOf('d')])).toMatchObject([
      { rejection: { code: 'store_unavailable' } },
    ]);
    gate.open();
    expect(await taken).toMatchObject([{ status: 'applied' }, { status: 'applied' }]);
    expect(await submit(writer, 'e')).toMatchObject([{ status: 'applied' }]);
    expect(batches).toEqual([['a', 'b'], ['e']]);
  });

  test('closing takes no more and waits until all that was taken is written', async () => {
    const gate = makeGate();
    const { writer, batches } = makeWriter(gate.pass, { batchMax: 1 });
    const taken = submit(writer, 'a', 'b');
    const atomic = writer.submitAtomic([postbackOf('c'), postbackOf('d')]);
    await gate.reached;
    let isClosed = false;
    const closing = writer.close().then(() => {
      isClosed = true;
    });
    expect(await submit(writer, 'late')).toMatchObject([{ rejection: { code: 'store_unavailable' } }]);
    expect(isClosed).toBe(false);
    gate.open();
    await closing;
    expect(batches.flat().sort()).toEqual(['a', 'b', 'c', 'd']);
    expect([...(await taken), ...(await atomic)]).toMatchObject(Array(4).fill({ status: 'applied' }));
  });
});

describe('all or nothing', () => {
  test('is one transaction beside the lanes, one after the other', async () => {
    const { writer, batches, modes } = makeWriter(succeed);
    await Promise.all([
      writer.submitAtomic([postbackOf('a'), postbackOf('b')]),
      writer.submitAtomic([postbackOf('c')]),
    ]);
    expect(batches).toEqual([['a', 'b'], ['c']]);
    expect(modes.every(({ isAtomic }) => isAtomic)).toBe(true);
  });

  test('is rejected as a whole for one row that the database rejects, and the next one is not harmed', async () => {
    const { writer, batches } = makeWriter(async (ids) => {
      if (ids.includes('b')) throw new Failure('data');
    });
    const results = await Promise.all([
      writer.submitAtomic([postbackOf('a'), postbackOf('b')]),
      writer.submitAtomic([postbackOf('c')]),
    ]);
    expect(results.flat().map((result) => typeof result === 'object' && result.status)).toEqual([
      'rejected',
      'rejected',
      'applied',
    ]);
    expect(batches).toEqual([['a', 'b'], ['c']]);
  });

  test('is waited for when the writer closes', async () => {
    const gate = makeGate();
    const { writer } = makeWriter(gate.pass);
    const taken = writer.submitAtomic([postbackOf('a')]);
    await gate.reached;
    let isClosed = false;
    const closing = writer.close().then(() => {
      isClosed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isClosed).toBe(false);
    gate.open();
    await closing;
    expect(await taken).toMatchObject([{ status: 'applied' }]);
  });

  test('meets a bug alone', async () => {
    const { writer } = makeWriter(async (ids) => {
      if (ids.includes('a')) throw new Error('a bug');
    });
    const broken = writer.submitAtomic([postbackOf('a')]);
    const sound = writer.submitAtomic([postbackOf('b')]);
    await expect(broken).rejects.toThrow('a bug');
    expect(await sound).toMatchObject([{ status: 'applied' }]);
  });
});

test('an account has lanes only while its postbacks wait or are written', async () => {
  const gate = makeGate();
  const { writer } = makeWriter(gate.pass);
  const accounts = Array.from({ length: 50 }, (_, at) => `account ${at}`);
  const submitted = accounts.map((accountId) => writer.submit(postbackOf('p', accountId)));
  expect(writer.laneCount).toBe(50);
  gate.open();
  await Promise.all(submitted);
  await writer.close();
  expect(writer.laneCount).toBe(0);
});
