// Entities of functions as JSON: what is stored is written by the database, what only memory holds is put in its place.
import { printKey } from '../query/print-key.ts';
import type { EntityState } from '../orm/entity-state.ts';
import { endOf } from '../orm/read-attribute.ts';
import type { ColumnItem, Columns } from '../query/columns.ts';
import { entityStatement } from '../store/sql/select.ts';
import { calculatedText, withCalculated } from './calculated.ts';
import type { Visit } from './context.ts';
import { entityPrinter, itemPrinter } from './entity-text.ts';
import { inCode } from './with-code.ts';

type Members = Readonly<Record<string, unknown>>;

/** The JSON text of an entity as code has it (spec 12 § 4). */
export function entityJsonOf(state: EntityState, columns: Columns, visit: Visit): string | Promise<string> {
  const print = entityPrinter(columns);
  return print ? print(state) : inCode(visit, columns.dataClass.name, () => entityJson(state, columns, visit));
}

async function entityJson(state: EntityState, columns: Columns, visit: Visit): Promise<string> {
  const { stored } = state;
  const touched = state.touchedNames();
  const { engine } = visit.services;
  const row = stored && (await engine.row(entityStatement(columns, stored.key, 'top', engine.dialect)));
  const json = row && (await withCalculated(row['json'] as string, columns, visit));
  if (json !== undefined && touched.length === 0) return json;
  const members: Record<string, unknown> = json === undefined ? headOf(state) : { ...(JSON.parse(json) as Members) };
  for (const item of columns.items)
    if (json === undefined || isChanged(item, touched))
      members[item.attribute.name] = await inMemory(item, state, columns, visit);
  return JSON.stringify(members);
}

function headOf({ def, key, stored }: EntityState): Record<string, unknown> {
  return {
    __entityModel: def.name,
    __DATACLASS: def.name,
    ...(key && { __KEY: printKey(key) }),
    ...(stored && { __TIMESTAMP: stored.timestamp }),
    __STAMP: stored?.stamp ?? 0,
  };
}

async function inMemory(item: ColumnItem, state: EntityState, columns: Columns, visit: Visit): Promise<unknown> {
  switch (item.kind) {
    case 'value':
    case 'media':
    case 'deferred': {
      const print = itemPrinter(item, columns);
      return print ? (JSON.parse(print(state)) as unknown) : null;
    }
    case 'entity': {
      const key = state.relatedKey(item.attribute);
      if (key === null) return null;
      const { engine } = visit.services;
      const row = await engine.row(entityStatement(item.columns, [key], 'listed', engine.dialect));
      return row ? (JSON.parse(await withCalculated(row['json'] as string, item.columns, visit)) as unknown) : null;
    }
    case 'selection':
      return null;
    case 'calculated':
      return JSON.parse(await calculatedText(item, state, columns, visit)) as unknown;
    case 'alias': {
      const end = await endOf(state, item.attribute.steps);
      return end && inMemory(item.shown, end, columns, visit);
    }
    default:
      return item satisfies never;
  }
}

/** What code works out may depend on anything that was assigned. */
function isChanged(item: ColumnItem, touched: readonly string[]): boolean {
  if (item.kind === 'calculated') return true;
  if (item.kind !== 'alias') return touched.includes(item.attribute.name);
  const [step] = item.attribute.steps;
  return step ? touched.includes(step.name) || item.shown.kind === 'calculated' : isChanged(item.shown, touched);
}
