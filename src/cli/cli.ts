import { Command } from 'commander';
import { start } from './start.ts';

/** Runs one command line. @returns the exit code */
export async function runCli(args: string[]): Promise<number> {
  let exitCode = 0;
  const program = new Command('ringback').description(
    'Postbacks for pay-per-call: exact, durable, self-hosted.',
  );
  program
    .command('start')
    .description('start the server')
    .action(async () => {
      exitCode = await start();
    });
  await program.parseAsync(args, { from: 'user' });
  return exitCode;
}
