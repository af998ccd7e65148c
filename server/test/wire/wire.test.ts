// Runs the conversations (*.http) of this folder: one suite per file, one test per exchange. Their format is in README.md.
// Without `--test` the names of files may follow: `node tools/run.mjs server/test/wire/wire.test.ts image-caching`.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Conversation } from './conversation.ts';
import { Fixture, removeFolders } from './fixture.ts';
import { parseHttpFile } from './http-file.ts';

const readText = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
const folder = fileURLToPath(new URL('.', import.meta.url));
const wanted = process.argv.slice(2).map((name) => name.replace(/^.*\/|\.http$/g, ''));
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.http') && (wanted.length === 0 || wanted.includes(name.slice(0, -5))))
  .toSorted();

after(removeFolders);

for (const name of names) {
  const file = parseHttpFile(readText(name), name);
  describe(name, () => {
    let fixture: Fixture;
    let conversation: Conversation;
    before(async () => {
      fixture = await Fixture.open(file.model, file.settings);
      conversation = new Conversation(fixture);
    });
    after(() => fixture.close());
    for (const exchange of file.exchanges)
      test(exchange.title, async () => {
        const faults = await conversation.exchange(exchange);
        if (faults.length === 0) return;
        const place = `${name}:${exchange.line} ${exchange.method} ${exchange.url}`;
        assert.fail(`${place}\n  ${faults.join('\n  ')}`);
      });
  });
}

test('there are conversations to run', () => assert.ok(names.length > 0));

test('the exchanges that README.md names are there', () => {
  const rows =
    readText('README.md')
      .split('## What the specification of pictures')[1]
      ?.match(/^\|.*\|$/gm) ?? [];
  const places = rows.slice(2).map((row) => (row.split(' | ')[1] as string).replace(/ \|$/, ''));
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
