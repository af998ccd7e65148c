// What is written about people: notes, tags and skills. Some sentences hold the signs that searches and SQL trip over.
import type { Random } from './random.ts';

const sentences: readonly ((firstName: string) => string)[] = [
  (name) => `${name}'s desk is the one by the window; don't move it.`,
  (name) => `Ask ${name} for the archive key, it's never where the list says.`,
  () => `Prefers e-mail to the telephone before 10 o'clock.`,
  (name) => `"${name} made the whole team laugh", said the customer from the São Paulo fair.`,
  () => `Speaks Français, Español and a little Türkçe.`,
  () => `Wants to work 80% from next spring on.`,
  () => `Keeps the file plan_2019_final\\final; nobody else knows the path.`,
  (name) => `Reach ${name} at home@night only in an emergency.`,
  () => `Training done: first aid; forklift; SQL (SELECT 'it''s fine' -- really).`,
  () => `Went to the conference in Málaga — talk was <b>excellent</b> & well attended.`,
  (name) => `Birthday cake: ${name} doesn't eat nuts. 🎂`,
  () => `Contract ends on 31/12, but there's an option for two more years.`,
  () => `Rides a bicycle to work, even in winter (naïve, but brave).`,
  () => `Mentor for new colleagues since the move to the new building.`,
];

export const tags = [
  'cycling',
  'first aid',
  'mentor',
  'night shift',
  'part-time',
  'räumlich',
  'travel',
  'union',
] as const;

export const skills = [
  '4D',
  'accounting',
  'C++',
  'design',
  'Français',
  'logistics',
  'negotiation',
  'photography',
  'SQL',
  'TypeScript',
  'welding',
  'Ελληνικά',
] as const;

/** One to four sentences about a person, on one or more lines. */
export function writeNotes(random: Random, firstName: string): string {
  const count = random.int(1, 4);
  const chosen = new Set<string>();
  while (chosen.size < count) chosen.add(random.pick(sentences)(firstName));
  return [...chosen].join(random.chance(0.3) ? '\n' : ' ');
}
