// Model files that are written for their author: they mean the same, and look as the formatter would have them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { format } from 'oxfmt';
import type { ModelDefinition } from '../../../src/model/definition.ts';
import { printDefinition } from '../../../src/model/print-definition.ts';
import { model as company } from '../../../../examples/company/model.ts';
import { isImplemented } from '../../../src/model/code.ts';

const folder = mkdtempSync(join(import.meta.dirname, '../../../../node_modules/.keystamp-print-'));
after(() => rmSync(folder, { recursive: true }));

const odd: ModelDefinition = {
  name: `it's "odd"`,
  dataClasses: {
    Thing: {
      table: `x'y`,
      attributes: {
        code: { type: 'string', primKey: true, pattern: "^\\d+\"''$", maxLength: 12, column: 'a b c d e f g h i j k' },
        class: { type: 'object', defaultValue: { a: [1, 'two', null, { b: true }], 'not plain': [] } },
        self: { kind: 'relatedEntity', dataClass: 'Thing' },
        things: { kind: 'relatedEntities', dataClass: 'Thing', inverse: 'self' },
      },
    },
    Empty: { attributes: { ID: { type: 'long', primKey: true, autosequence: true } } },
  },
};

const sample = (isImplemented(company) ? company.model : company) as ModelDefinition;

for (const [name, definition] of Object.entries({ sample, odd })) {
  test(`${name}: the file means what was printed`, async () => {
    const file = join(folder, `${name}.mjs`);
    writeFileSync(file, printDefinition(definition, ['A comment.']));
    const { default: loaded } = (await import(pathToFileURL(file).href)) as { default: unknown };
    assert.deepEqual(loaded, definition);
  });

  test(`${name}: the formatter changes nothing`, async () => {
    const text = printDefinition(definition, ['A comment.', 'And another one.']);
    const { code, errors } = await format('model.ts', text, { singleQuote: true, printWidth: 120 });
    assert.deepEqual({ code, errors }, { code: text, errors: [] });
  });
}
