import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pagesFolder, renderPages } from '../../render-platforms.ts';
import { loadPresets } from '../../src/presets.ts';

const pages = renderPages([...loadPresets().values()]);

test.each([...pages])('docs/platforms/%s is what npm run docs:platforms writes', (file, text) => {
  expect(readFileSync(join(pagesFolder, file), 'utf8')).toBe(text);
});

test('no page is left over', () => {
  expect(readdirSync(pagesFolder).sort()).toEqual([...pages.keys()].sort());
});
