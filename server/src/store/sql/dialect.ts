// Everything that engines write differently in the statements of this folder.
import type { FilterDialect } from './filter-dialect.ts';
import type { JsonDialect } from './json-dialect.ts';

export interface SqlDialect extends FilterDialect, JsonDialect {}
