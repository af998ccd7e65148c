// The sample's photographs as they lie in its folder, and who of the sample has them.
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Photograph {
  readonly file: string;
  /** Key of an employee with this photograph. */
  readonly employee: number;
}

const folder = fileURLToPath(new URL('../examples/company/photos', import.meta.url));

interface Listed {
  readonly ID: number;
  readonly photo: { readonly __deferred: { readonly size: number } } | null;
}

/** Every photograph of the sample with the first employee who has it; told by its size, which no other has. */
export async function photographs(port: number): Promise<readonly Photograph[]> {
  const url = `http://127.0.0.1:${port}/rest/Employee?$attributes=ID,photo&$imageinfo=true&$top=-1`;
  const { __ENTITIES } = (await (await fetch(url)).json()) as { readonly __ENTITIES: readonly Listed[] };
  const files = readdirSync(folder).filter((name) => name.endsWith('.jpg')).map((name) => join(folder, name)); // oxfmt-ignore
  return files.map((file) => {
    const { size } = statSync(file);
    const found = __ENTITIES.find(({ photo }) => photo?.__deferred.size === size);
    if (!found) throw new Error(`no employee has ${file}`);
    return { file, employee: found.ID };
  });
}

/** The URL of an employee's photo with its current version. @param query parameters without `$version` and `$expand` */
export async function currentUrl(port: number, employee: number, query: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}/rest/Employee(${employee})/photo?${query}&$expand=photo`);
  await response.arrayBuffer();
  const location = response.headers.get('content-location');
  if (location === null) throw new Error(`employee ${employee} has no photo`);
  return location;
}
