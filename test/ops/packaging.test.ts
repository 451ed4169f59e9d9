/** The files that run Ringback elsewhere name what there is. That the build runs is in test/cli/start/build.test.ts. */
import { spawnSync } from 'node:child_process';
import { access, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../src/config.ts';
import { heapFlags } from '../../src/workers.ts';
import { makeFolder, projectFolder } from '../support/programs/process.ts';

const read = (path: string) => readFile(join(projectFolder, path), 'utf8');

type Instruction = { word: string; rest: string };

/** The stages of a Dockerfile, with continued lines joined. */
async function readStages(): Promise<Instruction[][]> {
  const lines = (await read('Dockerfile'))
    .replace(/^#.*\n/gm, '')
    .replaceAll('\\\n', ' ')
    .split('\n');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, word = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (word === 'FROM') stages.push([]);
    if (word !== '') stages.at(-1)?.push({ word, rest });
    else expect(line).toBe('');
  }
  return stages;
}

test('wherever a server is started, its heap is kept as `npm start` keeps it', async () => {
  const { scripts } = JSON.parse(await read('package.json'));
  const flagsOf = (command: string) => command.match(/--[a-z-]+=\d+/g);
  expect(flagsOf(scripts.start)).toEqual(heapFlags);
  const [, run] = await readStages();
  expect(flagsOf(run?.find(({ word }) => word === 'ENTRYPOINT')?.rest ?? '')).toEqual(heapFlags);
  const [command = ''] = /^ExecStart=.*$/m.exec(await read('ops/systemd/ringback.service')) ?? [];
  expect(flagsOf(command)).toEqual(heapFlags);
});

describe('the image', () => {
  test('takes Node in the version that the project pins', async () => {
    const { dependencies } = JSON.parse(await read('package.json'));
    for (const [from] of await readStages()) {
      expect(from?.rest).toMatch(new RegExp(`^node:${dependencies.node}-`));
    }
  });

  test('runs what the build makes, as an ordinary user, with data in a volume and a check of its health', async () => {
    const [build, run] = await readStages();
    expect(build?.filter(({ word }) => word === 'RUN').map(({ rest }) => rest)).toEqual([
      'npm ci',
      'npm run build',
      'npm prune --omit=dev',
    ]);
    const copied = run?.filter(({ word }) => word === 'COPY').map(({ rest }) => rest);
    // Exactly what the test of the build runs from: its package.json, its modules, and dist/.
    expect(copied).toEqual([
      '--from=build /ringback/package.json ./',
      '--from=build /ringback/node_modules ./node_modules',
      '--from=build /ringback/dist ./dist',
    ]);
    const words = Object.fromEntries(run?.map(({ word, rest }) => [word, rest]) ?? []);
    expect(words).toMatchObject({ USER: 'node', VOLUME: '/data', STOPSIGNAL: 'SIGTERM', CMD: '["start"]' });
    expect(JSON.parse(words['ENTRYPOINT'] ?? '')).toContain('dist/main.js');
    const env = Object.fromEntries((words['ENV'] ?? '').split(' ').map((pair) => pair.split('=')));
    expect(readConfig(env)).toMatchObject({ host: '0.0.0.0', port: 8080, dataDir: '/data' });
  });

  test('checks its health by the readiness route', async () => {
    const [, run] = await readStages();
    const check = run?.find(({ word }) => word === 'HEALTHCHECK')?.rest ?? '';
    const [node, option, script] = JSON.parse(check.slice(check.indexOf('[')));
    expect([node, option]).toEqual(['node', '-e']);
    const { status } = spawnSync(process.execPath, ['-e', script], { env: { PORT: '1' } });
    expect(status).toBe(1);
  });

  test('leaves out what must not be in it', async () => {
    const ignored = (await read('.dockerignore')).split('\n');
    for (const name of ['.git', 'node_modules', 'data', 'dist']) expect(ignored).toContain(name);
  });
});

type Service = {
  build?: string;
  image?: string;
  environment: Record<string, string>;
  volumes?: string[];
  depends_on?: Record<string, unknown>;
};

describe.each(['ops/compose.yml', 'ops/compose.embedded.yml'])('%s', (path) => {
  test('builds from the Dockerfile, names volumes and services that it has, and settings that there are', async () => {
    const file = parse(await read(path)) as {
      services: Record<string, Service>;
      volumes: Record<string, unknown>;
    };
    const ringback = file.services['ringback'];
    await access(join(projectFolder, 'ops', ringback?.build ?? '?', 'Dockerfile'));
    for (const [name, service] of Object.entries(file.services)) {
      expect(service.build !== undefined || service.image !== undefined, name).toBe(true);
      for (const volume of service.volumes ?? []) {
        expect(Object.keys(file.volumes)).toContain(volume.split(':')[0]);
      }
      for (const needed of Object.keys(service.depends_on ?? {}))
        expect(file.services).toHaveProperty(needed);
    }
    const settings = await read('docs/operations.md');
    for (const name of Object.keys(ringback?.environment ?? {})) expect(settings).toContain(`\`${name}\``);
    const url = ringback?.environment['DATABASE_URL'];
    if (url === undefined) expect(ringback?.volumes).toEqual(['ringback:/data']);
    else expect(Object.keys(file.services)).toContain(new URL(url.replace(/\$\{.*?\}/, 'x')).hostname);
  });
});

describe.each(['ops/compose.yml', 'ops/compose.embedded.yml'])('%s', (path) => {
  test('publishes on this machine only, and gives containers minimal rights', async () => {
    const { services } = parse(await read(path));
    expect(services.ringback.ports).toEqual([
      expect.stringMatching(/^\$\{PUBLISH:-127\.0\.0\.1:8080\}:8080$/),
    ]);
    for (const service of Object.values<Record<string, unknown>>(services)) {
      expect(service).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
      });
    }
  });
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

describe('the unit', () => {
  test('starts what there is, from where the checkout is', async () => {
    const unit = await read('ops/systemd/ringback.service');
    const [, folder = '', command = ''] = /^ExecStart=(\/opt\/ringback)\/(.*)$/m.exec(unit) ?? [];
    expect(unit).toContain(`WorkingDirectory=${folder}\n`);
    const [program = '', ...words] = command.split(' ');
    await access(join(projectFolder, program));
    await access(join(projectFolder, words.find((word) => !word.startsWith('--')) ?? '?'));
    expect(unit).toContain('KillMode=mixed\n');
    for (const line of ['PrivateTmp=true', 'ProtectProc=invisible', 'SystemCallFilter=@system-service'])
      expect(unit).toContain(`${line}\n`);
  });

  // Where there is no systemd, nothing can read the unit.
  test.skipIf(!hasSystemd)('is one that systemd reads without a complaint', async () => {
    const unit = join(await makeFolder(), basename('ringback.service'));
    const text = await read('ops/systemd/ringback.service');
    // The program is not in /opt on the machine of the tests.
    await writeFile(unit, text.replace(/^ExecStart=\S+/m, `ExecStart=${process.execPath}`));
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', unit], {
      encoding: 'utf8',
    });
    const complaints = stderr.split('\n').filter((line) => line.includes('ringback.service'));
    expect({ status, complaints }).toEqual({ status: 0, complaints: [] });
  });
});
