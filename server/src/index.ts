// The public surface: what a model folder imports from 'keystamp'.
export { defineModel } from './model/definition.ts';
export type {
  AttributeDefinition,
  DataClassDefinition,
  DeferredMedia,
  EntityOf,
  ModelDefinition,
  RelatedEntitiesDefinition,
  RelatedEntityDefinition,
  StorageDefinition,
} from './model/definition.ts';
export type { Seed, SeedEntity } from './model/seed.ts';
export type { Json } from './model/model.ts';
