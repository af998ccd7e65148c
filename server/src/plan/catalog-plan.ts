// Descriptions of the model.
import type { FunctionDef } from '../model/code-defs.ts';
import type { AttributeDef, DataClassDef, Model } from '../model/model.ts';

/** What of the model a catalog tells to its asker (spec 14 § 4.5). */
export interface CatalogSight {
  showsClass(dataClass: DataClassDef): boolean;
  showsAttribute(attribute: AttributeDef): boolean;
  showsFunction(named: FunctionDef): boolean;
  may(action: 'read' | 'create' | 'update' | 'drop', dataClass: DataClassDef): boolean;
}

export interface CatalogPlan {
  readonly kind: 'catalog';
  readonly sight: CatalogSight;
  readonly model: Model;
  /** Where the descriptions of dataclasses are: `/rest/$catalog`, `/rest/$catalog/publication`. */
  readonly catalogUri: string;
  /** Where their entities are: `/rest`, `/rest/publication`. */
  readonly dataUri: string;
  readonly classes: readonly DataClassDef[];
  /** Names, full definitions, or the API as an OpenAPI document. */
  readonly form: 'names' | 'full' | 'openapi';
  /** `$metadata=true`. */
  readonly metadata: boolean;
}
