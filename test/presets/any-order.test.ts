/** The network brings the events of a call in any order: the call is the same. */
import { expect, test } from 'vitest';
import { loadPresets } from '../../src/presets.ts';
import { type FixtureRequest, readFixtures } from '../support/requests/preset-fixtures.ts';
import { useServer } from '../support/server.ts';
import { createCallsBefore, publicUrl, sendFixture, setUpPlatform } from './send-fixture.ts';

const server = useServer({ publicUrl });

const ordersMax = Number(process.env['ORDERS'] ?? 6);

const fixtures = [...loadPresets().values()]
  .filter(({ type }) => type === 'calls')
  .flatMap((preset) => [...readFixtures(preset.name)].map(([name, fixture]) => ({ preset, name, fixture })))
  .filter(({ fixture }) => fixture.requests.length > 1)
  .map((one) => ({ ...one, what: `${one.preset.name}/${one.name}` }));

/** Every order of a few requests; of more, some that are far apart, with the reverse one first. */
function ordersOf<Item>(items: readonly Item[]): Item[][] {
  const all = permutationsOf(items).slice(1).reverse();
  const step = Math.max(1, Math.floor(all.length / ordersMax));
  return all.filter((_order, index) => index % step === 0);
}

function permutationsOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    permutationsOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

test.each(fixtures)('$what becomes the same calls in other orders', async ({ preset, name, fixture }) => {
  const late = fixture.isLastLate === true ? fixture.requests.slice(-1) : [];
  const orders = ordersOf<FixtureRequest>(fixture.requests.filter((one) => !late.includes(one)));
  for (const [index, early] of orders.entries()) {
    const order = [...early, ...late];
    const platform = await setUpPlatform(server, preset, `${name} ${index}`);
    await createCallsBefore(platform.account, fixture);
    for (const request of order) await sendFixture(platform, request);
    const shown = JSON.stringify(order.map((request) => fixture.requests.indexOf(request)));
    const { json } = await platform.account.api('GET', '/calls');
    expect(json.items, shown).toHaveLength(fixture.calls.length);
    for (const call of fixture.calls)
      expect(await platform.account.readCall(call.call_log_id), shown).toMatchObject(call);
  }
});
