// The programs of this folder on PostgreSQL: what code sees does not depend on the database.
import { describe } from 'node:test';
import { engine } from './program.ts';

engine.name = 'postgres';

for (const name of [
  'entity',
  'selection',
  'data-class',
  'transactions',
  'media',
  'calculated',
  'calculated-queries',
  'calculated-faults',
  'calculated-access',
  'events',
  'aliases',
  'on-drop',
  'put-entity',
  'entity-text',
])
  describe(`${name}, on PostgreSQL`, () => import(`./${name}.test.ts`));
