// The ceiling of conversions: sharp in a loop, the same settings, the same number of jobs at a time, the pictures
// already in memory. No HTTP, no database, no process to send them to, no check of what they are.
// Arguments: the pictures as files.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { answerQuestions } from '../answer-questions.ts';

sharp.concurrency(1);
sharp.cache(false);

const pictures = process.argv.slice(2).map((file) => readFileSync(file));

export interface Conversion {
  /** Place of the picture among the arguments. */
  readonly picture: number;
  readonly format: 'jpeg' | 'webp' | 'avif';
  /** Pixels. */
  readonly width: number;
  /** 1–100 */
  readonly quality: number;
}

export interface LoopJob {
  readonly conversions: readonly Conversion[];
  readonly atATime: number;
}

export interface LoopResult {
  readonly seconds: number;
  /** SHA-256 of each result, in hexadecimal. */
  readonly digests: readonly string[];
}

function convert({ picture, format, width, quality }: Conversion): Promise<Buffer> {
  const image = sharp(pictures[picture], { failOn: 'error' })
    .autoOrient()
    .toColourspace('srgb')
    .resize({ width, fit: 'inside', withoutEnlargement: true });
  switch (format) {
    case 'jpeg':
      return image.flatten({ background: '#fff' }).jpeg({ quality }).toBuffer();
    case 'webp':
      return image.webp({ quality, effort: 2 }).toBuffer();
    case 'avif':
      return image.avif({ quality, effort: 2 }).toBuffer();
    default:
      return format satisfies never;
  }
}

answerQuestions<LoopJob, LoopResult>('convert', async ({ conversions, atATime }) => {
  const begun = performance.now();
  const results: Buffer[] = [];
  let next = 0;
  const loop = async (): Promise<void> => {
    for (let i = next++; i < conversions.length; i = next++) results[i] = await convert(conversions[i]!);
  };
  await Promise.all(Array.from({ length: atATime }, loop));
  const seconds = (performance.now() - begun) / 1000;
  return { seconds, digests: results.map((bytes) => createHash('sha256').update(bytes).digest('hex')) };
});
