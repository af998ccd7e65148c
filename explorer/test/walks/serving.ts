// How the explorer is served: one page for all its paths, files that may be kept for ever, and little of them.
import assert from 'node:assert/strict';
import { after, before, suite, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { startExplorer, type ExplorerServer } from '../explorer-server.ts';

const budget = 200 * 1024;

suite('how the explorer is served', () => {
  let server: ExplorerServer;
  before(async () => {
    server = await startExplorer({ mount: '/api,/rest' });
  });
  after(() => server.end());

  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.url + path, { headers, redirect: 'manual' });

  test('/ leads to the explorer', async () => {
    const answer = await get('/');
    assert.equal(answer.status, 302);
    assert.equal(answer.headers.get('Location'), '/explorer/');
  });

  test('every path below /explorer gives the page, which may run its own scripts alone', async () => {
    const page = await (await get('/explorer/')).text();
    for (const path of [
      '/explorer',
      '/explorer/Member(1)/photo',
      '/explorer/$info',
      '/explorer/Member?$filter=%22x%22',
    ]) {
      const answer = await get(path);
      assert.equal(answer.status, 200, path);
      assert.equal(await answer.text(), page, path);
      assert.equal(answer.headers.get('Cache-Control'), 'no-cache');
      assert.match(
        answer.headers.get('Content-Security-Policy') ?? '',
        /default-src 'none'; script-src 'self'; style-src 'self'/,
      );
      assert.equal(answer.headers.get('X-Content-Type-Options'), 'nosniff');
    }
    assert.match(page, /<meta name="keystamp-mount" content="\/api"/);
    assert.doesNotMatch(page, /<script(?![^>]*src=)|<style|style="| on\w+="/, 'nothing inline');
  });

  test('what the page loads is named after its content, kept for ever and sent compressed', async () => {
    const page = await (await get('/explorer/')).text();
    const files = [...page.matchAll(/(?:src|href)="(\/explorer\/assets\/[^"]+)"/g)].map(([, path = '']) => path);
    assert.ok(files.some((file) => file.endsWith('.js')) && files.some((file) => file.endsWith('.css')));
    let bytes = gzipSync(page).length;
    for (const file of files) {
      const answer = await get(file, { 'Accept-Encoding': 'br' });
      assert.equal(answer.status, 200, file);
      assert.equal(answer.headers.get('Cache-Control'), 'public, max-age=31536000, immutable');
      assert.equal(answer.headers.get('X-Content-Type-Options'), 'nosniff');
      if (!file.endsWith('.svg')) assert.equal(answer.headers.get('Content-Encoding'), 'br', file);
      bytes += gzipSync(Buffer.from(await (await get(file)).arrayBuffer())).length;
    }
    assert.ok(bytes < budget, `the first view takes ${bytes} bytes, gzipped`);
    assert.equal((await get('/explorer/assets/none.js')).status, 404);
    assert.equal((await get('/explorer/assets/..%2findex.html')).status, 404);
  });

  test('the setting turns it off', async () => {
    const without = await startExplorer({ explorer: false });
    try {
      for (const path of ['/', '/explorer/']) assert.equal((await fetch(without.url + path)).status, 404, path);
      assert.equal((await fetch(`${without.url}/rest/$catalog`)).status, 200);
    } finally {
      await without.end();
    }
  });
});
