// The public surface of @keystamp/client.
export { createClient, type Client } from './client.ts';
export type { ClientOptions, DataStore } from './data-store.ts';
export type { DataClass } from './data-class.ts';
export type { Entity } from './entity.ts';
export type { RequestOptions } from './transport.ts';
export type { EntitySet } from './entity-set.ts';
export type { Selection, QueryOptions, PageOptions, ReadOptions } from './selection.ts';
export type { Page } from './page.ts';
export type { Picture, Reference, RelatedSet, StoredFile } from './deferred.ts';
export type { CallOptions, Calls } from './call.ts';
export type { Change, ChangeFeed, ChangesOptions, Deleted, Reload, Saved } from './changes.ts';
export { ConflictError } from './conflict.ts';
export {
  KeystampError,
  LockedError,
  NetworkError,
  NotFoundError,
  OverloadError,
  PermissionError,
  RequestError,
  ServerError,
  StampError,
  TooLargeError,
  ValidationError,
} from './errors.ts';
export { imageUri, srcsetOf, type ImageFormat, type ImageOptions, type SrcsetOptions } from './image-url.ts';
export { dayOf, wireDay } from './dates.ts';
export { keyInPath, type Key } from './key.ts';
export type { FilterValue, Params } from './query-string.ts';
export type { Bytes, Upload, UploadOptions } from './upload.ts';
export type { AttributePath, ClassName, ExpandPath, ModelShape, Values } from './model-types.ts';
export type {
  Json,
  WireAggregates,
  WireAttribute,
  WireCatalog,
  WireDataClass,
  WireDeferred,
  WireEntity,
  WireError,
  WireInfo,
  WireMethod,
  WireSelection,
  WireStatus,
  WireUser,
} from './wire.ts';
