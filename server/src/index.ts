/// <reference types="node" preserve="true" />
// The public surface: what a model folder imports from 'keystamp'.
export { defineModel } from './model/definition.ts';
export type {
  AttributeDefinition,
  DataClassDefinition,
  ModelDefinition,
  RelatedEntitiesDefinition,
  RelatedEntityDefinition,
  StorageDefinition,
} from './model/definition.ts';
export type { DeferredMedia, EntityOf } from './model/entity-of.ts';
export { KeystampError } from './errors.ts';
export type {
  AfterDropEvent,
  AfterSaveEvent,
  AttributeEvent,
  EntityEvent,
  GetEvent,
  OrderByEvent,
  QueryAnswer,
  QueryEvent,
  QueryOperator,
  Refusal,
  SetEvent,
} from './orm/attribute-events.ts';
export { dataStoreOf } from './orm/data-store.ts';
export { implement } from './orm/implement.ts';
export { session } from './orm/session-api.ts';
export type { PrivilegesGiven, UserSession } from './orm/session-api.ts';
export { generatePasswordHash, verifyPasswordHash } from './session/password-hash.ts';
export type { DirectoryAnswer, DirectoryError, DirectoryUser } from './session/directory.ts';
export type { Implemented } from './model/code.ts';
export type {
  AttributeObject,
  DataClass,
  DataStore,
  Entity,
  EntitySelection,
  QuerySettings,
  Result,
} from './orm/api.ts';
export type { Values } from './orm/model-types.ts';
export { OutgoingMessage } from './orm/outgoing-message.ts';
export { throwError, type ErrorDetails } from './orm/throw-error.ts';
export { webForm } from './orm/web-form.ts';
export type { BlobValue, ImageValue } from './orm/media-value.ts';
export type { Seed, SeedEntity } from './model/seed.ts';
export type { Json } from './model/model.ts';
