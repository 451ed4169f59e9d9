import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { precompress } from './precompress.ts';

/** Where `npm run ui` finds the server whose pages it serves with hot reload. */
const server = process.env['RINGBACK_URL'] ?? 'http://127.0.0.1:8080';
const proxied = ['/api', '/docs', '/openapi.json', '/update-fields', '/update-revenue', '/update-tags'];

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
  },
  server: { proxy: Object.fromEntries(proxied.map((path) => [path, server])) },
});
