import { cp, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  builtFolder,
  makeFolder,
  projectFolder,
  runProcess,
  runRingback,
} from '../support/programs/process.ts';

describe('the command line', () => {
  it('lists all commands with --help', async () => {
    const { code, stdout } = await runRingback(['--help']);
    expect(code).toBe(0);
    for (const command of ['start', 'migrate', 'send', 'import', 'reconcile', 'doctor'])
      expect(stdout).toMatch(`\n  ${command}`);
  });

  it.each(['start', 'migrate', 'send', 'import', 'reconcile', 'doctor'])(
    'tells how to use %s',
    async (command) => {
      const { code, stdout } = await runRingback([command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain(`Usage: ringback ${command}`);
      expect(stdout).toMatch(/DATA_DIR|Examples/);
    },
  );

  it('tells its version', async () => {
    const { version } = JSON.parse(await readFile(join(projectFolder, 'package.json'), 'utf8'));
    expect(await runRingback(['--version'])).toMatchObject({ code: 0, stdout: `${version}\n` });
  });

  it('keeps what Node.js compiles beside the program, for the next start', async () => {
    const folder = await makeFolder();
    const program = join(folder, 'dist');
    await cp(builtFolder, program, { recursive: true });
    const run = ['-u', 'NODE_COMPILE_CACHE', process.execPath, join(program, 'main.js'), '--version'];
    expect(await runProcess(run, { command: 'env' })).toMatchObject({ code: 0, stderr: '' });
    const [version = ''] = await readdir(join(folder, 'node_modules/.cache/compiled'));
    expect(await readdir(join(folder, 'node_modules/.cache/compiled', version))).not.toEqual([]);
  });

  it.each([
    ['an unknown command', ['strat'], 'Did you mean start?'],
    ['an unknown option', ['start', '--prot'], 'unknown option'],
    ['an option that is missing', ['reconcile', 'x.csv'], 'Run "ringback reconcile --help"'],
    ['a word that is no role', ['person', 'role', 'ana', 'boss'], 'Run "ringback person role --help"'],
    ['an argument too many', ['start', 'now'], 'too many arguments'],
    ['no command', [], 'Usage: ringback'],
  ])('rejects %s with a hint and exit code 2', async (_what, args, hint) => {
    const { code, stdout, stderr } = await runRingback(args);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(hint);
    expect(stderr).toContain('--help');
  });

  it('tells a Node.js that is too old what to do, before it loads anything', async () => {
    const older = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`;
    const { code, stderr } = await runProcess([
      '--import',
      `data:text/javascript,${encodeURIComponent(older)}`,
      'src/main.ts',
      '--help',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/needs Node.js 24 or newer; this is 20\.1\.0.*npm start/);
  });
});
