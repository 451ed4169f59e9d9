/**
 * Builds the web UI: node ui/build.ts [FOLDER]. FOLDER is where the server looks for it, ./ui/dist.
 * Runs after each install; where the tools of development were left out, it says so and leaves things as they are.
 */
import { join, resolve } from 'node:path';

// Whoever runs this may have set another: pages want React as it is for production.
process.env['NODE_ENV'] = 'production';
const isInstall = process.env['npm_lifecycle_event'] === 'prepare';

try {
  const { build } = await import('vite');
  const outDir = resolve(process.argv[2] ?? join(import.meta.dirname, 'dist'));
  await build({
    configFile: join(import.meta.dirname, 'vite.config.ts'),
    build: { outDir },
    logLevel: 'warn',
  });
} catch (error) {
  const isLeftOut = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!isInstall || !isLeftOut) throw error;
  console.log(
    'The web UI is not built, because development dependencies were left out. The server runs without it.',
  );
}
