// What `$info` lists, and how each column of it is read.

export type Row = Readonly<Record<string, unknown>>;

export interface Info {
  readonly entitySet?: readonly Row[];
  readonly sessionInfo?: readonly Row[];
  readonly lockInfo?: readonly Row[];
}

export interface Column {
  readonly name: string;
  readonly field: string;
  readonly as: 'text' | 'id' | 'count' | 'seconds' | 'instant';
}

export interface Listed {
  readonly title: string;
  readonly none: string;
  readonly rows: (info: Info) => readonly Row[];
  readonly columns: readonly Column[];
  /** The rows are sessions, which can be ended. */
  readonly sessions?: true;
}

export const lists: readonly Listed[] = [
  {
    title: 'Sessions',
    none: 'No session is open',
    rows: ({ sessionInfo = [] }) => sessionInfo,
    sessions: true,
    columns: [
      { name: 'Session', field: 'sessionID', as: 'id' },
      { name: 'User', field: 'userName', as: 'text' },
      { name: 'Idle time allowed', field: 'lifeTime', as: 'seconds' },
      { name: 'Expires', field: 'expiration', as: 'instant' },
    ],
  },
  {
    title: 'Entity sets',
    none: 'No set is kept',
    rows: ({ entitySet = [] }) => entitySet,
    columns: [
      { name: 'Set', field: 'id', as: 'id' },
      { name: 'Dataclass', field: 'tableName', as: 'text' },
      { name: 'Entities', field: 'selectionSize', as: 'count' },
      { name: 'Sorted', field: 'sorted', as: 'text' },
      { name: 'Used', field: 'refreshed', as: 'instant' },
      { name: 'Expires', field: 'expires', as: 'instant' },
    ],
  },
  {
    title: 'Locks',
    none: 'Nothing is locked',
    rows: ({ lockInfo = [] }) => lockInfo,
    columns: [
      { name: 'Dataclass', field: 'tableName', as: 'text' },
      { name: 'Key', field: 'key', as: 'text' },
      { name: 'Session', field: 'sessionID', as: 'id' },
      { name: 'Since', field: 'taken', as: 'instant' },
    ],
  },
];
