/** Node-RED as its users run it, as a sender or a receiver of the tests. */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makeFolder, startProcess } from '../support/programs/process.ts';

const startFile = fileURLToPath(new URL('start.mjs', import.meta.url));

/** A node of a flow. Its name is its id; it is wired to the nodes of the names in `to`. */
export type FlowNode = { name: string; type: string; to?: string[]; [setting: string]: unknown };

/**
 * Starts Node-RED with one flow, until the end of the test.
 * In a function node, `global.get('crypto')` is `node:crypto`.
 * @returns where its `http in` nodes listen
 */
export async function startNodeRed(flow: FlowNode[]): Promise<string> {
  const folder = await makeFolder();
  const nodes = flow.map(({ name, to = [], ...settings }) => ({
    ...settings,
    id: name,
    name,
    z: 'flow',
    x: 0,
    y: 0, // what has no place on the editor's page is a configuration to Node-RED
    wires: [to],
  }));
  await writeFile(
    `${folder}/flows.json`,
    JSON.stringify([{ id: 'flow', type: 'tab', label: 'Test' }, ...nodes]),
  );
  const running = startProcess([startFile, folder]);
  const [, url = ''] = await running.waitFor(/listening on (http:\S+)/);
  return url;
}
