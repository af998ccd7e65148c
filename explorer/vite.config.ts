// Builds the explorer into the server's package, from where `server/src/http/explorer.ts` serves it.
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig, type Plugin } from 'vite';

/** The first thing that is seen is the page in its chosen colours, not an empty one in those of the system. */
const noFlash: Plugin = {
  name: 'keystamp-no-flash',
  transformIndexHtml: {
    order: 'post',
    handler: (html) => html.replace('<script type="module"', '<script type="module" blocking="render"'),
  },
};

export default defineConfig({
  root: import.meta.dirname,
  base: '/explorer/',
  plugins: [react(), noFlash],
  // The client is taken as it stands beside the explorer, not as it was built last.
  resolve: { conditions: ['keystamp-source', ...defaultClientConditions] },
  build: {
    target: 'es2023',
    // Browsers that know `light-dark()`: written in its absence it would no longer follow the choice of the page.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    outDir: join(import.meta.dirname, '../server/dist/explorer'),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    // A data: URL would need a looser Content-Security-Policy.
    assetsInlineLimit: 0,
  },
});
