// All conversations of this folder on SQLite. Without `--test` the names of files may follow:
// `node tools/run.mjs server/test/wire/wire.test.ts image-caching`.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseHttpFile } from './http-file.ts';
import { readText, runConversations } from './run-conversations.ts';

runConversations('sqlite', () => true);

test('the exchanges that README.md names are there', () => {
  const rows =
    readText('README.md')
      .split('## What the specification of pictures')[1]
      ?.match(/^\|.*\|$/gm) ?? [];
  const places = rows.slice(2).map((row) => (row.split(' | ')[1] as string).replace(/\s*\|$/, '').trim());
  assert.ok(places.length > 40);
  for (const place of places.filter((text) => !text.startsWith('not '))) {
    const [name, begin] = place.split(/: (.*)/) as [string, string];
    const { exchanges } = parseHttpFile(readText(`${name}.http`), name);
    assert.ok(
      exchanges.some(({ title }) => title.startsWith(begin)),
      place,
    );
  }
});
