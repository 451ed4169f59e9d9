/** A replay is done once, however often and in whatever company it is asked for. */
import { describe, expect, test } from 'vitest';
import { expectProblem } from '../../support/problem.ts';
import { postbackIdOf, replaysOf } from '../../support/replays.ts';
import { useServer, useWebhook } from '../../support/server.ts';

const server = useServer();
const webhook = useWebhook(server);

const { replay, read, rejected } = replaysOf(() => ({ server, webhook }));

describe('it is done once', () => {
  test.each([
    ['with a transaction id', { transaction_id: 'once' }],
    ['without one', {}],
  ])('however many replays arrive at once, %s', async (name, extra) => {
    const id = await rejected({ call_log_id: name, reason: 'r', ...extra }, 'call_not_found');
    await server.createCall(name);
    const answers = await Promise.all(Array.from({ length: 20 }, () => replay(id)));
    const done = answers.filter(({ json }) => !json.duplicate);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(done.length).toBe(1);
    expect(new Set(answers.map(({ json }) => json.postback_id)).size).toBe(1);
    const { json } = await server.api('GET', `/postbacks?replay_of=${id}`);
    expect(json.items.length).toBe(1);
    // What happened since is not undone by one more click.
    await server.post(webhook, { call_log_id: name, reason: 'newer' });
    expect((await replay(id)).json.duplicate).toBe(true);
    expect((await server.readCall(name)).reason).toBe('newer');
  });

  test('and not again where the sender’s own repeat was first, nor the other way round', async () => {
    const update = { call_log_id: 'twice', revenue_paid_out: '5', transaction_id: 'T' };
    const id = await rejected(update, 'call_not_found');
    await server.createCall('twice');
    const own = await server.post(webhook, update);
    expect(own.json).toMatchObject({ status: 'applied', duplicate: false });
    const answer = await replay(id);
    expect(answer.json).toEqual({ ...own.json, duplicate: true });

    const other = { call_log_id: 'twice too', revenue_paid_out: '5', transaction_id: 'T2' };
    const first = await rejected(other, 'call_not_found');
    await server.createCall('twice too');
    const replayed = await replay(first);
    expect((await server.post(webhook, other)).json).toEqual({ ...replayed.json, duplicate: true });
    expectProblem(
      await server.post(webhook, { ...other, revenue_paid_out: '6' }),
      409,
      'transaction_id_reused',
    );
  });

  test('a replay that is rejected again may be replayed: as one more replay of the first', async () => {
    const id = await rejected({ call_log_id: 'third', reason: 'r' }, 'call_not_found');
    const again = await replay(id);
    expectProblem(again, 404, 'call_not_found');
    await server.createCall('third');
    const [one, other] = await Promise.all([replay(id), replay(postbackIdOf(again))]);
    expect([one.json.duplicate, other.json.duplicate].sort()).toEqual([false, true]);
    expect((await read(one.json.postback_id)).replay_of).toBe(id);
  });

  test('an update that its call’s completion rejected is done by a replay, though its id is used up', async () => {
    await server.createCall('full', { state: 'live' });
    const { json: queued } = await server.post(webhook, {
      ...{ call_log_id: 'full', transaction_id: 'F', add: { one_more: 'x' } },
    });
    const tags = Object.fromEntries(Array.from({ length: 200 }, (_, at) => [`k${at}`, 'v']));
    await server.api('POST', '/calls/full/complete', { tags });
    expect(await read(queued.postback_id)).toMatchObject({ status: 'rejected', code: 'too_many_tags' });
    expectProblem(await replay(queued.postback_id), 422, 'too_many_tags');
    await server.api('PATCH', '/calls/full', { remove: ['k1'] });
    const answers = await Promise.all([replay(queued.postback_id), replay(queued.postback_id)]);
    expect(answers.map(({ json }) => [json.status, json.duplicate]).sort()).toEqual([
      ['applied', false],
      ['applied', true],
    ]);
    expect((await server.readCall('full')).tags.one_more).toBe('x');
  });
});
