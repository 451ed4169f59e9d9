/** Prints what the recommended rules of Redocly and Spectral find in a description, as JSON lines. */
import { readFileSync } from 'node:fs';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import spectral from '@stoplight/spectral-core';
import rulesets from '@stoplight/spectral-rulesets';

const [path = ''] = process.argv.slice(2);
const source = readFileSync(path, 'utf8');

const config = await createConfig({ extends: ['recommended'] });
for (const { ruleId, message, location } of await lintFromString({ source, absoluteRef: path, config }))
  process.stdout.write(
    `${JSON.stringify({ by: 'redocly', rule: ruleId, at: location[0]?.pointer, message })}\n`,
  );

const linter = new spectral.Spectral();
linter.setRuleset({ extends: [[rulesets.oas, 'recommended']] });
for (const { code, path: at, message } of await linter.run(source))
  process.stdout.write(`${JSON.stringify({ by: 'spectral', rule: code, at: at.join('/'), message })}\n`);
