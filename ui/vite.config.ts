import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

/** Where `npm run ui` finds the server whose pages it serves with hot reload. */
const server = process.env['RINGBACK_URL'] ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/docs', '/openapi.json', '/update-fields', '/update-revenue', '/update-tags'];

/** What pages are made of, but for what only few of them need. */
function isPart(id: string): boolean {
  return (
    /ui[/]src[/](?:components|api)|lucide-react/.test(id) &&
    !/plot|combobox|time-zone-field|tabs\.tsx/.test(id)
  );
}

export default defineConfig({
  root: import.meta.dirname,
  // Files find each other wherever the server is; the server writes its own path into the page.
  base: './',
  plugins: [react(), tailwindcss(), precompress()],
  build: {
    target: 'baseline-widely-available',
    // All files are requested by name: the policy of the pages forbids what stands within them.
    assetsInlineLimit: 0,
    emptyOutDir: true,
    reportCompressedSize: false,
    // By it the server knows the files of each page.
    manifest: 'manifest.json',
    rolldownOptions: {
      output: {
        // Few files: a browser asks for six at a time, and a page's first request to the API waits behind them.
        codeSplitting: {
          groups: [
            { name: 'app', tags: ['$initial'], priority: 4 },
            {
              name: 'popups',
              test: /node_modules[\\/]@(?:base-ui|floating-ui)[\\/](?!.*(?:combobox|autocomplete|[\\/]tabs[\\/]))/,
              priority: 3,
            },
            { name: 'choices', test: /[\\/](?:combobox|autocomplete)[\\/.]/, priority: 1 },
            { name: 'parts', test: isPart, minShareCount: 2, priority: 2 },
          ],
        },
      },
    },
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
});
