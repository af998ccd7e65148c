// One employee of the sample: the values and which picture, from the key and the place in the company.
import type { Json } from 'keystamp';
import { companyDomain, companyFacts } from './company.ts';
import { asciiForm, pickName } from './names.ts';
import { skills, tags, writeNotes } from './notes.ts';
import { pictures } from './pictures.ts';
import { createRandom, type Random } from './random.ts';

/** What is known of an employee before the values are made. */
export interface EmployeePlace {
  /** The key, from 1. */
  readonly id: number;
  /** Key of the employer. */
  readonly employer: number;
  /** Key of the manager, always lower than `id`; none for the head of a company. */
  readonly manager: number | null;
  /** Steps up to the head of the company: 0 for the head. */
  readonly level: number;
}

export interface EmployeePlan {
  readonly values: Readonly<Record<string, Json>>;
  /** Name of the photo in the pool. */
  readonly photo?: string;
}

/** Employees whose picture the documentation and the tests rely on, by key. `null` is none. */
export const fixedPhotos: Readonly<Record<number, string | null>> = {
  1: 'friends.jpg',
  2: 'circle.png',
  3: 'moving.gif',
  4: 'lzw-clear.tif',
  5: null,
  6: 'lossy.webp',
  7: 'lossy.avif',
  8: 'orientation-6.jpg',
  9: 'cmyk.jpg',
  10: 'deep.png',
  11: 'huge.jpg',
  12: 'tiny.jpg',
  13: 'moving.webp',
  14: 'pages.tif',
  15: 'progressive.jpg',
};

const portraits = pictures.filter((picture) => picture.use === 'portrait').map((picture) => picture.name);
/** Few employees get the pictures that are large: the sample stays quick to load. */
const large = ['huge.jpg', 'full.png'];
const common = portraits.filter((name) => !large.includes(name));

/**
 * Every picture enters at a certain employee, sixteen keys apart, and is in common use from then on: on a first start
 * the making of the pictures is spread over the loading instead of standing before it.
 */
const step = 16;

function choosePhoto(random: Random, id: number): string | undefined {
  const fixed = fixedPhotos[id];
  if (fixed !== undefined) return fixed ?? undefined;
  const entering = id % step === 0 ? portraits[id / step - 1] : undefined;
  if (entering) return entering;
  if (random.chance(0.15)) return undefined;
  return random.pick(common.slice(0, Math.max(10, Math.floor(id / step) - large.length)));
}

const minute = 60_000;
const day = 24 * 60 * minute;

/** The last day of the sample; nothing in it depends on the clock. */
const today = Date.UTC(2025, 5, 30);

function wireDay(time: number): string {
  const date = new Date(time);
  return `${date.getUTCDate()}!${date.getUTCMonth() + 1}!${date.getUTCFullYear()}`;
}

function salaryOf(random: Random, level: number): number | null {
  if (random.chance(0.05)) return null;
  const [base, spread] = level === 0 ? [95_000, 90_000] : level === 1 ? [52_000, 45_000] : [24_000, 38_000];
  // The mean of two draws: most are near the middle. Steps of 50, now and then with cents.
  const share = (random.next() + random.next()) / 2;
  return Math.round((base + spread * share) / 50) * 50 + (random.chance(0.04) ? 0.5 : 0);
}

function specOf(random: Random): Json {
  if (random.chance(0.1)) return null;
  const chosen = skills.filter(() => random.chance(0.25));
  return {
    size: random.int(34, 48),
    tags: tags.filter(() => random.chance(0.25)),
    skills: chosen.map((name) => ({ name, level: random.int(1, 5) })),
  };
}

/** 32 hexadecimal digits, upper case, of a random UUID (version 4). */
function badgeOf(random: Random): string {
  const digits = Array.from({ length: 32 }, () => random.int(0, 15).toString(16));
  digits[12] = '4';
  digits[16] = random.int(8, 11).toString(16);
  return digits.join('').toUpperCase();
}

/** The employee at that place. The same place gives the same employee. */
export function planEmployee(place: EmployeePlace): EmployeePlan {
  const { id, employer, manager, level } = place;
  const random = createRandom(90_000 + id);
  const { firstName, lastName } = id === 1 ? { firstName: 'Ada', lastName: 'Joubert' } : pickName(random);
  const name = [firstName, lastName].map(asciiForm).join('.');
  const birth = Date.UTC(1959, 0, 1) + random.int(0, 46 * 365) * day;
  const earliest = Math.max(birth + 18 * 365.25 * day, Date.UTC(companyFacts(employer).year + 1, 0, 1));
  const hiring = earliest + random.next() * (today - 30 * day - earliest);
  const login = today - random.next() ** 3 * 700 * day;
  const active = random.chance(0.92);
  const photo = choosePhoto(random, id);
  return {
    values: {
      ID: id,
      firstName,
      lastName,
      // The key makes it unique where two people of a company share a name.
      email: `${name}${id === 1 ? '' : id}@${companyDomain(employer)}`,
      salary: id === 1 ? 52_000 : salaryOf(random, level),
      birthDate: id !== 1 && random.chance(0.05) ? null : wireDay(birth),
      hiringDate: id !== 1 && random.chance(0.03) ? null : wireDay(hiring),
      lastLogin: random.chance(0.1) ? null : new Date(Math.max(hiring, Math.floor(login))).toISOString(),
      active,
      remote: active && random.chance(0.3),
      badge: badgeOf(random),
      notes: random.chance(0.35) ? null : writeNotes(random, firstName),
      spec: specOf(random),
      employer,
      manager,
    },
    ...(photo === undefined ? {} : { photo }),
  };
}
