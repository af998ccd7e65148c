// Runs conversations (*.http) of this folder: one suite per file, one test per exchange. Their format is in README.md.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { Conversation } from './conversation.ts';
import { Fixture, type EngineName } from './fixture.ts';
import { parseHttpFile } from './http-file.ts';

export const readText = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** Names behind the name of the test file; none means all. */
const wanted = process.argv.slice(2).map((name) => name.replace(/^.*\/|\.http$/g, ''));

/** Makes the suites of all conversations that are wanted and that `takes` takes, by their names without `.http`. */
export function runConversations(engine: EngineName, takes: (name: string) => boolean): void {
  const names = readdirSync(fileURLToPath(new URL('.', import.meta.url)))
    .filter((name) => name.endsWith('.http'))
    .map((name) => name.slice(0, -5))
    .filter((name) => (wanted.length === 0 ? takes(name) : wanted.includes(name)))
    .toSorted();

  for (const name of names) {
    const file = parseHttpFile(readText(`${name}.http`), name);
    describe(`${name} on ${engine}`, () => {
      let fixture: Fixture;
      let conversation: Conversation;
      before(async () => {
        fixture = await Fixture.open(file.model, file.settings, engine);
        conversation = new Conversation(fixture);
      });
      after(() => fixture.close());
      for (const exchange of file.exchanges)
        test(exchange.title, async () => {
          const faults = await conversation.exchange(exchange);
          if (faults.length === 0) return;
          const place = `${name}.http:${exchange.line} ${exchange.method} ${exchange.url}`;
          assert.fail(`${place}\n  ${faults.join('\n  ')}`);
        });
    });
  }

  test('there are conversations to run', () => assert.ok(names.length > 0));
}
