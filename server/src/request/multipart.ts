// The one file a multipart/form-data body is sent for (spec 10 § 7.3, 11 § 3.3). Fields beside it are ignored.
import { Busboy } from '@fastify/busboy';
import type { BusboyHeaders } from '@fastify/busboy';
import { fail } from '../errors.ts';

/** A file of a form. */
export interface FilePart {
  readonly bytes: Buffer;
  /** Type in the header of the part, lower case; undefined when it says nothing of use. */
  readonly mimeType: string | undefined;
}

/** Parts of one body that are looked at; a form has a handful. */
const maxParts = 100;

export const isMultipart = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^\s*multipart\/form-data\s*(;|$)/i.test(contentType);

/**
 * The first picture of a form: the first file with an image type; when none has one, the first without a type counts
 * as `image/jpeg`.
 * @param body the whole body, as `readBytes` gives it within its limit
 * @throws KeystampError 1806 malformed, 1824 no picture
 */
export async function imagePart(body: Buffer, contentType: string): Promise<FilePart> {
  const files = await readFiles(body, contentType);
  const picture = files.find((file) => file.mimeType?.startsWith('image/'));
  if (picture) return picture;
  const untyped = files.find((file) => file.mimeType === undefined);
  if (untyped) return { bytes: untyped.bytes, mimeType: 'image/jpeg' };
  throw fail(1824, ...files.slice(0, 1).map((file) => file.mimeType ?? ''));
}

/**
 * The only file of a form.
 * @param body the whole body, as `readBytes` gives it within its limit
 * @throws KeystampError 1806 malformed or without a file, 1813 more than one file
 */
export async function onlyFile(body: Buffer, contentType: string): Promise<FilePart> {
  const [file, second] = await readFiles(body, contentType);
  if (!file) throw fail(1806, 'the form has no file');
  if (second) throw fail(1813, 'A form with several files');
  return file;
}

function readFiles(body: Buffer, contentType: string): Promise<FilePart[]> {
  return new Promise((resolve, reject) => {
    const malformed = (cause: unknown): void =>
      reject(fail(1806, `the form cannot be read${cause instanceof Error ? `: ${cause.message}` : ''}`));
    const files: FilePart[] = [];
    const headers: BusboyHeaders = { 'content-type': contentType };
    try {
      const form = new Busboy({
        headers,
        limits: { parts: maxParts, fields: maxParts, fieldSize: 1024, headerPairs: 50 },
        isPartAFile: (_name, type, fileName) => fileName !== undefined || (type !== undefined && type !== 'text/plain'),
      });
      form.on('file', (_field, stream, fileName, _encoding, type) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('error', malformed);
        stream.on('end', () => {
          const bytes = Buffer.concat(chunks);
          // Browsers send an empty file without a name for an input left blank.
          if (bytes.length === 0 && !fileName) return;
          files.push({ bytes, mimeType: type === 'text/plain' || type === '' ? undefined : type });
        });
      });
      form.on('error', malformed);
      form.on('finish', () => resolve(files));
      form.end(body);
    } catch (error) {
      malformed(error);
    }
  });
}
