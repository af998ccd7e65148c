// What every planner works with: the request, the model and the settings. Planning performs no I/O.
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import type { DataClassDef, Model } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import type { ApiRequest, DataTarget } from '../request/api-request.ts';
import { buildColumns } from './columns.ts';
import { linksKey, linksOf } from './links.ts';

const keptColumns = 1000;

/** The model with what planning remembers: equal attribute lists share their columns, and so their statements. */
export class PlanContext {
  readonly model: Model;
  readonly config: Config;
  readonly onEvent: OnEvent;
  readonly #columns = new Map<string, Columns>();

  constructor(model: Model, config: Config, onEvent: OnEvent) {
    this.model = model;
    this.config = config;
    this.onEvent = onEvent;
  }

  /** The columns of the entities of a relation: the request's lists speak of the entity it starts from. */
  relatedColumns(request: ApiRequest, target: DataClassDef): Columns {
    const name = `${target.name}||||${linksKey(request)}`;
    return this.#keep(name, () => buildColumns(target, { path: [] }, linksOf(request, this.config), this.config));
  }

  /**
   * The columns of an answer (see buildColumns).
   * @param path the attribute list of the URL
   * @param array of a bare array, whose `$expand` lists attributes too
   */
  columns(request: ApiRequest, dataClass: DataClassDef, path: readonly string[], array = false): Columns {
    const attributes = request.params.get('attributes');
    const expand = request.params.get('expand');
    const name = `${dataClass.name}|${path.join(',')}|${attributes ?? ''}|${expand ?? ''}|${linksKey(request)}|${array}`;
    return this.#keep(name, () => {
      const asked = {
        path,
        ...(attributes !== undefined && { attributes }),
        ...(expand !== undefined && { expand }),
        expandLists: array,
      };
      return buildColumns(dataClass, asked, linksOf(request, this.config), this.config);
    });
  }

  #keep(name: string, build: () => Columns): Columns {
    let columns = this.#columns.get(name);
    if (!columns) {
      columns = build();
      // The oldest goes: a plain bound is enough, lists that matter come again.
      if (this.#columns.size >= keptColumns) this.#columns.delete(this.#columns.keys().next().value as string);
      this.#columns.set(name, columns);
    }
    return columns;
  }
}

/** A request whose path names data. */
export type DataRequest = ApiRequest & { readonly target: DataTarget };
