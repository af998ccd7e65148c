// Changes that are numbered for incremental synchronisation (spec 17): the attribute that tracked classes get, and the
// dataclass of what was deleted.
import type { DataClassDefinition, StorageDefinition } from './definition.ts';

/** The attribute of a tracked class that holds the number of the last change of the entity. */
export const globalStampName = '__GlobalStamp';

export const globalStampDefinition: StorageDefinition = {
  type: 'long64',
  column: '__global_stamp',
  indexed: true,
  readOnly: true,
};

/** The dataclass of deleted entities; there as soon as one class is tracked. */
export const deletedRecordsName = '__DeletedRecords';

/** The attribute that holds the number. */
export const trackingAttribute = { changes: globalStampName, deletions: '__Stamp' } as const;

export const deletedRecordsDefinition: DataClassDefinition = {
  table: 'keystamp_deleted_record',
  attributes: {
    ID: { type: 'long64', primKey: true, autosequence: true, readOnly: true },
    __Stamp: { type: 'long64', column: 'stamp', indexed: true, readOnly: true },
    __PrimaryKey: { type: 'string', column: 'primary_key', readOnly: true },
    __TableNumber: { type: 'long', column: 'table_number', readOnly: true },
    __TableName: { type: 'string', column: 'table_name', readOnly: true },
  },
};
