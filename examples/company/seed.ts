// The sample's data: forty companies, then twelve hundred employees, the same on every machine.
import type { Seed, SeedEntity } from 'keystamp';
import { companies } from './companies.ts';
import { acme, planCompany } from './company.ts';
import { planEmployee, type EmployeePlace } from './employee.ts';
import { pictures } from './pictures.ts';
import { createRandom } from './random.ts';

const employeeCount = 1200;
/** Pictures that are made before the entity that needs them has its turn. */
const ahead = 4;
/** How many report to one manager. */
const team = 6;

/** Who works where and for whom. Companies differ in size; the last one is empty; Acme gets the first four people. */
function placeEmployees(): readonly EmployeePlace[] {
  const random = createRandom(1);
  const staffs = companies.map((): EmployeePlace[] => []);
  return Array.from({ length: employeeCount }, (_, index) => {
    const id = index + 1;
    const drawn = 1 + Math.floor((companies.length - 1) * random.next() ** 1.7);
    const employer = id <= 4 ? acme : drawn;
    const staff = staffs[employer - 1] ?? [];
    const boss = staff.length === 0 ? undefined : staff[Math.floor((staff.length - 1) / team)];
    const place = { id, employer, manager: boss?.id ?? null, level: boss ? boss.level + 1 : 0 };
    staff.push(place);
    return place;
  });
}

/** An entity whose picture is known by name only. */
interface Planned {
  readonly entity: SeedEntity;
  readonly picture?: { readonly attribute: 'logo' | 'photo'; readonly name: string };
}

function* planned(): Generator<Planned> {
  for (let id = 1; id <= companies.length; id++) {
    const { values, logo, brochure } = planCompany(id);
    yield {
      entity: { dataClass: 'Company', values, ...(brochure ? { media: { brochure } } : {}) },
      ...(logo ? { picture: { attribute: 'logo', name: logo } } : {}),
    };
  }
  for (const place of placeEmployees()) {
    const { values, photo } = planEmployee(place);
    yield {
      entity: { dataClass: 'Employee', values },
      ...(photo ? { picture: { attribute: 'photo', name: photo } } : {}),
    };
  }
}

/** Hands out pictures by name, in the order of their first use, and starts the next ones meanwhile. */
function pictureSource(workFolder: string, order: readonly string[]): (name: string) => Promise<Buffer> {
  const recipes = new Map(pictures.map((picture) => [picture.name, picture]));
  const places = new Map(order.map((name, index) => [name, index]));
  const started = new Map<string, Promise<Buffer>>();

  const start = (name: string): Promise<Buffer> => {
    const known = started.get(name);
    if (known) return known;
    const recipe = recipes.get(name);
    if (!recipe) throw new Error(`the pool has no picture ${name}`);
    const bytes = recipe.make(workFolder);
    // A picture that fails is reported to the entity that needs it, not before.
    bytes.catch(() => undefined);
    started.set(name, bytes);
    return bytes;
  };

  return (name) => {
    const place = places.get(name) ?? order.length;
    for (const next of order.slice(place, place + 1 + ahead)) start(next);
    return start(name);
  };
}

/**
 * All entities, companies before employees and managers before their reports. Pictures are made while the entities go
 * out; those found in `workFolder` are taken from there.
 */
async function* entities(workFolder: string): AsyncGenerator<SeedEntity> {
  const all = [...planned()];
  const order = [...new Set(all.flatMap(({ picture }) => (picture ? [picture.name] : [])))];
  const bytesOf = pictureSource(workFolder, order);
  for (const { entity, picture } of all) {
    if (!picture) yield entity;
    else yield { ...entity, media: { ...entity.media, [picture.attribute]: await bytesOf(picture.name) } };
  }
}

export const seed: Seed = { total: companies.length + employeeCount, entities };
