// Builds the explorer into the server's package, from where `server/src/http/explorer.ts` serves it.
import { join } from 'node:path';
import react from '@vitejs/plugin-react';
import { defaultClientConditions, defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  base: '/explorer/',
  plugins: [react()],
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
