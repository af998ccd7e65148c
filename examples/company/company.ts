// One company of the sample: its values and which picture and brochure it gets, from its key alone.
import type { Json } from 'keystamp';
import { pdfBrochure, textBrochure } from './brochure.ts';
import { companies, type CompanyFacts } from './companies.ts';
import { asciiForm } from './names.ts';
import { pictures } from './pictures.ts';
import { createRandom } from './random.ts';

export interface CompanyPlan {
  readonly values: Readonly<Record<string, Json>>;
  /** Name of the logo in the pool. */
  readonly logo?: string;
  readonly brochure?: Uint8Array;
}

const logos = pictures.filter((picture) => picture.use === 'logo').map((picture) => picture.name);

/** Acme, the company the documentation uses: always with the SVG logo and a PDF brochure. */
export const acme = 7;

/** The facts about the company with that key. @throws RangeError when there is none */
export function companyFacts(id: number): CompanyFacts {
  const facts = companies[id - 1];
  if (!facts) throw new RangeError(`the sample has no company ${id}`);
  return facts;
}

/** The domain of a company, under the top level that is kept free for examples (RFC 2606). */
export function companyDomain(id: number): string {
  return `${asciiForm(companyFacts(id).name)}.example`;
}

/** The company with the key `id`, from 1. */
export function planCompany(id: number): CompanyPlan {
  const random = createRandom(7000 + id);
  const { name, city, year } = companyFacts(id);
  const founded = `${random.int(1, 28)}!${random.int(1, 12)}!${year}`;
  const revenue = random.chance(0.1) ? null : Math.round(10 ** (5 + random.next() * 3.5)) + random.int(0, 3) * 0.25;
  const website = random.chance(0.1) && id !== acme ? null : `https://www.${companyDomain(id)}/`;
  const lines = [
    name,
    `${city}, since ${year}`,
    `It's all at ${website ?? 'our counter'}.`,
    `Prices on request – no. ${id}.`,
  ];
  const logo = id === acme ? 'anvil.svg' : random.chance(0.15) ? undefined : random.pick(logos);
  const brochure = id === acme || id % 5 === 1 ? pdfBrochure(lines) : id % 5 === 3 ? textBrochure(lines) : undefined;
  return {
    values: { ID: id, name, city, founded, revenue, website },
    ...(logo === undefined ? {} : { logo }),
    ...(brochure === undefined ? {} : { brochure }),
  };
}
