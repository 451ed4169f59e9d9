import { expect, test } from 'vitest';
import { parsePreset } from './parse-preset.ts';

const preset = {
  name: 'acme',
  title: 'Acme',
  family: 'tracker',
  type: 'update_fields',
  mapping: { fields: { call_log_id: 'click_id' } },
  setup: ['Paste {url}.'],
  docs: ['https://docs.acme.example/'],
};

test('fills in what a preset leaves out', () => {
  expect(parsePreset(preset)).toEqual({ ...preset, verify: null, notation: '', macros: {}, unconfirmed: [] });
});

test('names every fault of a preset by its pointer', () => {
  const broken = {
    name: 'Acme!',
    title: '',
    family: 'x',
    type: 'y',
    verify: { scheme: 'hmac' },
    notation: 1,
    macros: { a: 1 },
    mapping: {},
    setup: [],
    docs: 'x',
    unconfirmed: [1],
    more: 1,
  };
  const faults = parsePreset(broken);
  expect(Array.isArray(faults) ? faults.map(({ field }) => field).sort() : []).toEqual(
    [
      '/docs',
      '/family',
      '/macros',
      '/more',
      '/name',
      '/notation',
      '/setup',
      '/title',
      '/type',
      '/unconfirmed',
      '/verify/header',
    ].sort(),
  );
  const mapped = parsePreset({ ...preset, mapping: { fields: { nope: 'x' } } });
  expect(mapped).toMatchObject([{ field: '/mapping/fields/nope' }]);
  for (const nothing of [null, 7, [], {}]) expect(Array.isArray(parsePreset(nothing))).toBe(true);
});
