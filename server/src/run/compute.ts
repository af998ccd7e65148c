// `$compute` and `$distinct`: by the database, but for what code works out (spec 05 §§ 6, 7).
import { aggregateInMemory, distinctInMemory } from '../orm/aggregate-in-memory.ts';
import type { ComputePlan, DistinctMediaPlan, DistinctPlan } from '../plan/selection-plan.ts';
import type { Selection } from '../query/selection.ts';
import type { Row } from '../store/engine.ts';
import { computeStatement, distinctStatement } from '../store/sql/aggregate.ts';
import { distinctMediaStatement } from '../store/sql/select.ts';
import type { Visit } from './context.ts';
import type { ArrayOutcome, ValueOutcome } from './outcome.ts';
import { describe } from './source.ts';
import { inCode } from './with-code.ts';

export async function runDistinctMedia(
  { source, links, place, skip, top }: DistinctMediaPlan,
  visit: Visit,
): Promise<ArrayOutcome> {
  const { engine } = visit.services;
  const selection = await describe(source, visit);
  const row = await engine.row(distinctMediaStatement(selection, links, place, skip, top, engine.dialect));
  return { kind: 'array', items: (row?.['entities'] ?? null) as Uint8Array | null };
}

export async function runDistinct({ source, place, skip, top }: DistinctPlan, visit: Visit): Promise<ArrayOutcome> {
  const { engine } = visit.services;
  const selection = await describe(source, visit);
  if (place.calculated) {
    const values = await inCode(visit, place.name, () => distinctInMemory(selection, place));
    const page = values.slice(skip, skip + top);
    return { kind: 'array', items: page.length === 0 ? null : Buffer.from(page.join(',')) };
  }
  const row = await engine.row(distinctStatement(selection, place, skip, top, engine.dialect));
  return { kind: 'array', items: (row?.['entities'] ?? null) as Uint8Array | null };
}

export async function runCompute(plan: ComputePlan, visit: Visit): Promise<ValueOutcome> {
  const { source, places, bare } = plan;
  const selection = await describe(source, visit);
  if (places.some(({ place }) => place.calculated))
    return { kind: 'value', json: await computed(plan, selection, visit) };
  const { engine } = visit.services;
  const row = (await engine.row(computeStatement(selection, places, bare, engine.dialect))) as Row;
  return { kind: 'value', json: String(row['json']) };
}

/** Each place for itself, by the database or here. */
async function computed({ places, bare }: ComputePlan, selection: Selection, visit: Visit): Promise<string> {
  const { engine } = visit.services;
  const members: string[] = [];
  for (const asked of places) {
    const { place, names } = asked;
    if (place.calculated) {
      const values = await inCode(visit, place.name, () => aggregateInMemory(selection, place, names));
      if (bare) return values[0] as string;
      members.push(`${JSON.stringify(place.name)}:{${names.map((name, i) => `"${name}":${values[i]}`).join(',')}}`);
    } else {
      const row = (await engine.row(computeStatement(selection, [asked], false, engine.dialect))) as Row;
      members.push(String(row['json']).slice(1, -1));
    }
  }
  return `{${members.join(',')}}`;
}
