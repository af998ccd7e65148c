// A whole database file, page by page.
import { Connection } from './connection.ts';

/** Pages of one step; others get their turn between two. */
const stepPages = 2000;

/**
 * Copies a database as it is at one moment, whoever writes meanwhile. Into a file that exists the copy goes as one
 * transaction: who has that file open sees the old data or the new one.
 * @param onProgress told how many pages of how many are copied
 */
export async function copyDatabase(
  from: string,
  to: string,
  onProgress: (done: number, total: number) => void,
): Promise<void> {
  const { database } = new Connection(from, { readonly: true, sortIn: 'files' });
  try {
    // The snapshot is taken by the first read; without it the copy would begin anew with every commit of another process.
    database.exec('BEGIN');
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    const { totalPages: pages } = await database.backup(to, {
      progress({ totalPages, remainingPages }) {
        onProgress(totalPages - remainingPages, totalPages);
        return stepPages;
      },
    });
    onProgress(pages, pages);
  } finally {
    database.close();
  }
}
