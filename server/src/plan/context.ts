// What every planner works with: the request, the model, what its asker may do, and the settings. Planning performs no I/O.
import { LRUCache } from 'lru-cache';
import type { Config } from '../config.ts';
import type { OnEvent } from '../events.ts';
import { stepsTo, type AttributeDef, type DataClassDef, type Model, type ToManyDef } from '../model/model.ts';
import type { Columns } from '../query/columns.ts';
import type { Sight } from '../query/sight.ts';
import type { ApiRequest, DataTarget } from '../request/api-request.ts';
import type { Access } from '../session/access.ts';
import { attributeResource, clientSight } from '../session/sight.ts';
import { buildColumns } from './columns.ts';
import { linksKey, linksOf } from './links.ts';
import { nameList } from './name-list.ts';

const keptColumns = 1000;

/**
 * The model as somebody may see it, with what planning remembers: equal attribute lists share their columns, and so their
 * statements.
 */
export class PlanContext {
  readonly model: Model;
  readonly config: Config;
  readonly onEvent: OnEvent;
  readonly access: Access;
  /** What of the model exists for the asker. */
  readonly sight: Sight;
  readonly #columns = new LRUCache<string, Columns>({ max: keptColumns });
  readonly #guest: Access | undefined;

  /** @param guest what everybody may do without logging in; absent where that is nothing */
  constructor(model: Model, config: Config, onEvent: OnEvent, access: Access, guest?: Access) {
    this.model = model;
    this.config = config;
    this.onEvent = onEvent;
    this.access = access;
    this.sight = clientSight(access);
    this.#guest = guest;
  }

  /** May shared caches keep the bytes of the attribute, since everybody may see them (spec 10 § 9)? */
  isPublic(attribute: AttributeDef): boolean {
    const classes = [attribute.owner, ...stepsTo(attribute).map(({ target }) => target)];
    if (classes.some(({ code }) => code.restrict !== undefined)) return false;
    return this.#guest?.may('read', attributeResource(attribute)) ?? false;
  }

  /**
   * The columns of the entities of a relation. `$attributes` speaks of them, also where a name leads there from the entity
   * that the relation starts from; `$expand` names the relation alone.
   */
  relatedColumns(request: ApiRequest, { name, target }: ToManyDef): Columns {
    const path = nameList(request.params.get('attributes')).map((each) => {
      const [first, ...rest] = each.split('.');
      if (first !== name || target.attributes.has(name)) return each;
      return rest.length === 0 ? '*' : rest.join('.');
    });
    return this.#keep(`${target.name}|${path.join(',')}|||${linksKey(request)}`, () =>
      buildColumns(target, { path }, linksOf(request, this.config), this),
    );
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
      return buildColumns(dataClass, asked, linksOf(request, this.config), this);
    });
  }

  #keep(name: string, build: () => Columns): Columns {
    let columns = this.#columns.get(name);
    if (!columns) this.#columns.set(name, (columns = build()));
    return columns;
  }
}

/** Sets of privileges whose contexts are remembered. */
const keptContexts = 200;

/** The contexts of one model, one for everybody with the same privileges. */
export class PlanContexts {
  readonly #made = new LRUCache<string, PlanContext>({ max: keptContexts });
  readonly #make: (access: Access) => PlanContext;

  /** @param guest what everybody may do without logging in; absent where that is nothing */
  constructor(model: Model, config: Config, onEvent: OnEvent, guest?: Access) {
    this.#make = (access) => new PlanContext(model, config, onEvent, access, guest);
  }

  of(access: Access): PlanContext {
    let context = this.#made.get(access.planKey);
    if (!context) this.#made.set(access.planKey, (context = this.#make(access)));
    return context;
  }
}

/** A request whose path names data. */
export type DataRequest = ApiRequest & { readonly target: DataTarget };
