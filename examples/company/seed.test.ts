// The sample keeps its promises: what README.md lists is there, twice the same, in forms that REST accepts.
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { SeedEntity } from 'keystamp';
import sharp, { type Metadata } from 'sharp';
import { parseDay, parseInstant } from '../../server/src/model/dates.ts';
import { fixedPhotos } from './employee.ts';
import { asciiForm } from './names.ts';
import { makePictures, pictures } from './pictures.ts';
import { seed } from './seed.ts';

const workFolder = fileURLToPath(new URL('../../node_modules/.cache/keystamp-sample', import.meta.url));

async function readSeed(): Promise<SeedEntity[]> {
  const entities: SeedEntity[] = [];
  for await (const entity of seed.entities(workFolder)) entities.push(entity);
  return entities;
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'keystamp-sample-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

let all: SeedEntity[] = [];
let pool: ReadonlyMap<string, Buffer> = new Map();

const of = (dataClass: string): SeedEntity[] => all.filter((entity) => entity.dataClass === dataClass);
const employee = (id: number): SeedEntity => {
  const found = of('Employee')[id - 1];
  assert.ok(found);
  return found;
};
const bytesOf = (name: string): Buffer => {
  const bytes = pool.get(name);
  assert.ok(bytes, `${name} is in the pool`);
  return bytes;
};

before(async () => {
  pool = await makePictures(workFolder);
  all = await readSeed();
});

test('total counts the entities, keys go up from 1, companies come first', () => {
  assert.equal(all.length, seed.total);
  assert.equal(of('Company').length, 40);
  assert.equal(of('Employee').length, 1200);
  assert.ok(all.slice(0, 40).every((entity) => entity.dataClass === 'Company'));
  for (const dataClass of ['Company', 'Employee'])
    assert.deepEqual(
      of(dataClass).map((entity) => entity.values['ID']),
      of(dataClass).map((_, index) => index + 1),
    );
});

test('a second run gives the same entities and bytes', async () => {
  assert.deepEqual(await readSeed(), all);
});

test('a second making gives the same bytes', () =>
  inFolder(async (folder) => {
    const names = [
      'orientation-5.jpg',
      'circle.png',
      'moving.gif',
      'pages.tif',
      'clear.webp',
      'clear.avif',
      'bars.gif',
    ];
    for (const name of names) {
      const recipe = pictures.find((picture) => picture.name === name);
      assert.ok(recipe?.make);
      assert.ok(bytesOf(name).equals(await recipe.make(folder)), name);
    }
  }));

test('Ada Joubert is Employee 1 of Acme, with a JPEG photo', async () => {
  const { values, media } = employee(1);
  assert.equal(values['firstName'], 'Ada');
  assert.equal(values['lastName'], 'Joubert');
  assert.equal(values['salary'], 52_000);
  assert.equal(values['employer'], 7);
  assert.equal(all[6]?.values['name'], 'Acme');
  assert.equal((await sharp(media?.['photo']).metadata()).format, 'jpeg');
});

test('Acme has what the documentation names', () => {
  const [logo, brochure] = [all[6]?.media?.['logo'], all[6]?.media?.['brochure']];
  assert.ok(logo && bytesOf('anvil.svg').equals(logo));
  assert.ok(brochure && Buffer.from(brochure).subarray(0, 5).equals(Buffer.from('%PDF-')));
  for (const id of [2, 3, 4]) assert.equal(employee(id).values['manager'], 1);
});

test('the first employees have the photos that the documentation names', () => {
  for (const [id, name] of Object.entries(fixedPhotos)) {
    const photo = employee(Number(id)).media?.['photo'];
    if (name === null) assert.equal(photo, undefined);
    else assert.ok(photo && bytesOf(name).equals(photo), `Employee ${id} has ${name}`);
  }
});

test('relations name entities that came before', () => {
  for (const { values } of of('Employee')) {
    const { ID, employer, manager } = values;
    assert.ok(typeof employer === 'number' && employer >= 1 && employer <= 39);
    if (manager === null) continue;
    assert.ok(typeof manager === 'number' && typeof ID === 'number' && manager < ID);
    assert.equal(employee(manager).values['employer'], employer);
  }
  const heads = of('Employee').filter(({ values }) => values['manager'] === null);
  assert.equal(heads.length, 39, 'one head for each company but the last, which is empty');
});

test('values are in the forms of REST and within the limits of the model', () => {
  const emails = new Set<unknown>();
  for (const { values } of of('Employee')) {
    for (const name of ['birthDate', 'hiringDate']) {
      const date = values[name];
      if (date !== null) assert.ok(typeof date === 'string' && /^\d+!\d+!\d{4}$/.test(date) && parseDay(date));
    }
    const { lastLogin, salary, badge, email } = values;
    if (lastLogin !== null) assert.ok(typeof lastLogin === 'string' && parseInstant(lastLogin) !== undefined);
    if (salary !== null) assert.ok(typeof salary === 'number' && salary >= 20_000 && salary <= 250_000);
    assert.match(String(badge), /^[0-9A-F]{32}$/);
    assert.match(String(email), /^[a-z0-9-]+\.[a-z0-9.-]+@[a-z0-9-]+\.example$/);
    assert.ok(String(email).length <= 120);
    emails.add(email);
  }
  assert.equal(emails.size, 1200);
  for (const { values } of of('Company')) assert.ok(parseDay(String(values['founded'])));
});

test('some values are missing, most are there', () => {
  for (const name of ['salary', 'birthDate', 'hiringDate', 'lastLogin', 'notes', 'spec']) {
    const missing = of('Employee').filter(({ values }) => values[name] === null).length;
    assert.ok(missing > 20 && missing < 600, `${name}: ${missing}`);
  }
  const photos = of('Employee').filter(({ media }) => media?.['photo']).length;
  assert.ok(photos > 960 && photos < 1080, `${photos} photos`);
  const logos = of('Company').filter(({ media }) => media?.['logo']).length;
  assert.ok(logos > 25 && logos < 40, `${logos} logos`);
  assert.ok(of('Employee').some(({ values }) => String(values['notes']).includes("'")));
});

test('names keep their letters, addresses lose them', () => {
  const letters = of('Employee')
    .map(({ values }) => `${String(values['firstName'])} ${String(values['lastName'])}`)
    .join();
  for (const letter of 'éßŁøñİığÞőřãΔД美') assert.ok(letters.includes(letter), letter);
  assert.equal(asciiForm("Łoś O'Brien-Groß İnce Δήμητρα"), 'los-obrien-gross-ince-dimitra');
});

test('every picture is what it is called, and is used', async () => {
  const used = new Set(
    all.flatMap(({ media }) => Object.values(media ?? {})).map((bytes) => Buffer.from(bytes).toString('base64')),
  );
  assert.ok(pictures.length >= 50);
  assert.equal(new Set(pictures.map((picture) => picture.name)).size, pictures.length);
  for (const { name, format } of pictures) {
    const { format: found, compression } = await sharp(bytesOf(name)).metadata();
    assert.equal(found === 'heif' && compression === 'av1' ? 'avif' : found, format, name);
    assert.ok(used.has(bytesOf(name).toString('base64')), `${name} is used`);
  }
});

test('pictures go from less than 2.5 kB to more than 4.5 MB', () => {
  const sizes = pictures.map(({ name }) => bytesOf(name).length);
  assert.ok(Math.min(...sizes) <= 2500);
  assert.ok(Math.max(...sizes) >= 4_500_000 && Math.max(...sizes) <= 6_000_000);
  assert.ok(bytesOf('tiny.jpg').length <= 2500);
});

test('pictures have the traits of their descriptions', async () => {
  const traits: readonly (readonly [string, Partial<Metadata>])[] = [
    ['progressive.jpg', { isProgressive: true }],
    ['cmyk.jpg', { space: 'cmyk', channels: 4 }],
    ['gray.jpg', { channels: 1 }],
    ['full-colour.jpg', { chromaSubsampling: '4:4:4' }],
    ['display-p3.jpg', { hasProfile: true }],
    ['circle.png', { hasAlpha: true }],
    ['palette.png', { isPalette: true, hasAlpha: false }],
    ['palette-clear.png', { isPalette: true, hasAlpha: true }],
    ['deep.png', { depth: 'ushort', hasAlpha: false }],
    ['deep-clear.png', { depth: 'ushort', hasAlpha: true }],
    ['moving.gif', { pages: 8, loop: 0, delay: Array<number>(8).fill(120) }],
    ['once.gif', { pages: 4, loop: 1, delay: [400, 200, 200, 800] }],
    ['lzw-clear.tif', { hasAlpha: true }],
    ['pages.tif', { pages: 3 }],
    ['fax.tif', { bitsPerSample: 1 }],
    ['clear.webp', { hasAlpha: true }],
    ['moving.webp', { pages: 6, loop: 0, delay: Array<number>(6).fill(150) }],
    ['turned.webp', { orientation: 6 }],
    ['clear.avif', { hasAlpha: true }],
  ];
  for (const [name, trait] of traits) {
    const found: Readonly<Record<string, unknown>> = { ...(await sharp(bytesOf(name), { pages: -1 }).metadata()) };
    for (const [key, value] of Object.entries(trait)) assert.deepEqual(found[key], value, `${name}: ${key}`);
  }
  const { exif } = await sharp(bytesOf('exif-place.jpg')).metadata();
  assert.ok(exif);
  assert.ok(exif.includes('Aitzol Berasategi'));
  // The entry that points to the GPS directory: tag, type, count, in either byte order.
  assert.ok(['2588040001000000', '8825000400000001'].some((entry) => exif.includes(Buffer.from(entry, 'hex'))));
});

test('the eight orientations show the same picture', async () => {
  const upright = (name: string): Promise<Buffer> => sharp(bytesOf(name)).autoOrient().removeAlpha().raw().toBuffer();
  const expected = await upright('orientation-1.jpg');
  for (let orientation = 2; orientation <= 8; orientation++) {
    const name = `orientation-${orientation}.jpg`;
    assert.equal((await sharp(bytesOf(name)).metadata()).orientation, orientation);
    const found = await upright(name);
    assert.equal(found.length, expected.length);
    const difference =
      found.reduce((sum, value, index) => sum + Math.abs(value - (expected[index] ?? 0)), 0) / found.length;
    assert.ok(difference < 6, `${name} differs by ${difference}`);
  }
});

test('the SVG logo holds no script, link or foreign content', () => {
  assert.doesNotMatch(bytesOf('anvil.svg').toString('utf8'), /<script|<foreignObject|<!|href|\son\w+=|@import/i);
});

test('PDF brochures have a correct table of positions', () => {
  const brochures = of('Company').flatMap(({ media }) => (media?.['brochure'] ? [Buffer.from(media['brochure'])] : []));
  const pdfs = brochures.filter((bytes) => bytes.subarray(0, 5).toString() === '%PDF-').map(String);
  assert.ok(pdfs.length >= 5 && brochures.length > pdfs.length);
  for (const pdf of pdfs) {
    const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
    assert.equal(pdf.slice(start, start + 5), 'xref\n');
    const offsets = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map((match) => Number(match[1]));
    assert.equal(offsets.length, 5);
    offsets.forEach((offset, index) => assert.ok(pdf.startsWith(`${index + 1} 0 obj\n`, offset)));
    const [, length, content] = /<< \/Length (\d+) >>\nstream\n([^]*)\nendstream/.exec(pdf) ?? [];
    assert.equal(content?.length, Number(length));
  }
});

test('a picture is made once, also when two ask at a time, and found again later', () =>
  inFolder(async (folder) => {
    const recipe = pictures.find((picture) => picture.name === 'tiny.jpg');
    assert.ok(recipe);
    const [first, second] = await Promise.all([recipe.make(folder), recipe.make(folder)]);
    assert.ok(first.equals(second));
    const [home = ''] = await readdir(folder);
    const files = await readdir(join(folder, home));
    assert.deepEqual(files, ['tiny.jpg'], 'nothing unfinished is left behind');
    const made = (await stat(join(folder, home, 'tiny.jpg'))).mtimeMs;
    assert.ok(first.equals(await recipe.make(folder)));
    assert.equal((await stat(join(folder, home, 'tiny.jpg'))).mtimeMs, made);
  }));

test('a work folder that cannot be written ends the run with an error', async () => {
  const file = fileURLToPath(import.meta.url);
  await assert.rejects(async () => {
    for await (const entity of seed.entities(file)) assert.ok(entity);
  }, /ENOTDIR|EEXIST|ENOENT/);
});
