// Gives an entity another picture at once, past any form, and says what came of it.
import type { DataClass } from '../api/catalog.ts';
import { tellChanges } from '../api/changes.ts';
import { setPicture } from '../api/entity.ts';
import { errorLines } from '../api/error-lines.ts';
import { announce } from '../ui/announce.ts';

export async function replacePicture(dataClass: DataClass, key: string, attribute: string, file: File): Promise<void> {
  announce(`Sending ${file.name} …`, 'under way');
  try {
    const version = await setPicture(dataClass, key, attribute, file);
    announce(`${attribute} of ${dataClass.name} ${key} is now version ${version}`);
    tellChanges([{ dataClass: dataClass.name, key, kind: 'update' }]);
  } catch (error) {
    announce(errorLines(error).join(' '), 'failed');
  }
}
