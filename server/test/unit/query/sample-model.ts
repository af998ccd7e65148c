// A small model and its rows for tests of filters: companies with staff, managers with reports, objects and dates.
import Database from 'better-sqlite3';
import { readConfig } from '../../../src/config.ts';
import type {
  DataClassDef,
  RelatedEntitiesDef,
  RelatedEntityDef,
  StorageDef,
  StorageType,
  Value,
} from '../../../src/model/model.ts';
import { registerFunctions } from '../../../src/store/sqlite/functions.ts';

export const limits = readConfig({}, {});

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Draft = Writable<DataClassDef>;

function draft(name: string, tableNumber: number): Draft {
  return {
    name,
    collectionName: `${name}Selection`,
    scope: 'public',
    table: `${name} table`,
    tableNumber,
    defaultTopSize: 100,
    tracking: 'none',
    base: name,
    stamps: 'columns',
    shared: false,
    attributes: new Map(),
    storage: [],
    key: [],
    images: [],
    onTargetDrop: [],
    functions: new Map(),
    selectionFunctions: new Map(),
    entityFunctions: new Map(),
    code: {},
  };
}

function storage(owner: Draft, name: string, type: StorageType, more: Partial<StorageDef> = {}): StorageDef {
  const attribute: StorageDef = {
    kind: 'storage',
    name,
    type,
    column: `${name} column`,
    scope: 'public',
    owner,
    hidden: false,
    primKey: false,
    autosequence: false,
    autogenerate: false,
    indexed: false,
    keywords: false,
    unique: false,
    notNull: false,
    nullError: 1116,
    readOnly: false,
    simpleDate: false,
    imageVersion: 'image',
    cacheDuration: 0,
    ...more,
  };
  (owner.attributes as Map<string, unknown>).set(name, attribute);
  owner.storage = [...owner.storage, attribute];
  if (attribute.primKey) owner.key = [...owner.key, attribute];
  return attribute;
}

function relate(from: Draft, name: string, to: Draft, inverseName: string, foreignKey: StorageDef): void {
  const many = {
    kind: 'relatedEntities',
    name: inverseName,
    scope: 'public',
    owner: to,
    target: from,
  } as Writable<RelatedEntitiesDef>;
  const one: RelatedEntityDef = {
    kind: 'relatedEntity',
    onDrop: 'leave',
    name,
    scope: 'public',
    owner: from,
    target: to,
    foreignKey,
    inverse: many,
  };
  many.inverse = one;
  (from.attributes as Map<string, unknown>).set(name, one);
  (to.attributes as Map<string, unknown>).set(inverseName, many);
}

const company = draft('Company', 1);
const employee = draft('Employee', 2);
const score = draft('Score', 3);
storage(company, 'ID', 'long', { primKey: true });
storage(company, 'name', 'string');
storage(company, 'city', 'text');
storage(employee, 'ID', 'long', { primKey: true });
storage(employee, 'firstName', 'string', { indexed: true });
storage(employee, 'lastName', 'string');
storage(employee, 'salary', 'number');
storage(employee, 'rank', 'long64');
storage(employee, 'active', 'bool');
storage(employee, 'birthDate', 'date', { simpleDate: true });
storage(employee, 'hired', 'date');
storage(employee, 'token', 'uuid');
storage(employee, 'spec', 'object');
storage(employee, 'photo', 'image');
storage(employee, 'file', 'blob');
storage(employee, 'secret', 'string', { scope: 'publicOnServer' });
const companyID = storage(employee, 'companyID', 'long', { scope: 'publicOnServer' });
const managerID = storage(employee, 'managerID', 'long', { scope: 'publicOnServer' });
relate(employee, 'employer', company, 'staff', companyID);
relate(employee, 'manager', employee, 'reports', managerID);
storage(score, 'game', 'string', { primKey: true });
storage(score, 'player', 'long', { primKey: true });
storage(score, 'points', 'long');

export const Company: DataClassDef = company;
export const Employee: DataClassDef = employee;
export const Score: DataClassDef = score;

/** A row by attribute names; objects as JavaScript values. */
export type SampleRow = Readonly<Record<string, unknown>>;

export interface SampleData {
  readonly Company: readonly SampleRow[];
  readonly Employee: readonly SampleRow[];
}

const columnType = (attribute: StorageDef): string => {
  if (attribute.primKey && attribute.owner.key.length === 1) return 'INTEGER PRIMARY KEY';
  if (attribute.type === 'image' || attribute.type === 'blob') return 'BLOB';
  if (attribute.type === 'number') return 'REAL';
  if (['string', 'text', 'uuid', 'object'].includes(attribute.type) || attribute.simpleDate) return 'TEXT';
  return 'INTEGER';
};

export const bindable = (value: Value): Value => (typeof value === 'boolean' ? Number(value) : value);

/** An in-memory database that holds the rows. */
export function openSample(data: Readonly<Record<string, readonly SampleRow[]>>): Database.Database {
  const database = new Database(':memory:');
  registerFunctions(database);
  for (const dataClass of [Company, Employee, Score]) {
    const columns = dataClass.storage.map((attribute) => `"${attribute.column}" ${columnType(attribute)}`);
    database.exec(`CREATE TABLE "${dataClass.table}" (${columns.join(', ')})`);
    for (const attribute of dataClass.storage.filter((each) => each.indexed)) {
      database.exec(`CREATE INDEX "${attribute.name} index" ON "${dataClass.table}" (fold("${attribute.column}"))`);
    }
    const places = dataClass.storage.map(() => '?').join(', ');
    const insert = database.prepare(`INSERT INTO "${dataClass.table}" VALUES (${places})`);
    for (const row of data[dataClass.name] ?? []) {
      insert.run(
        ...dataClass.storage.map((attribute) => {
          const value = row[attribute.name];
          if (value === undefined || value === null) return null;
          return attribute.type === 'object' ? JSON.stringify(value) : bindable(value as Value);
        }),
      );
    }
  }
  return database;
}
