// A selection in the form of Looker Studio (`$format=looker`, spec 03 § 5).
import type { StorageDef } from '../model/model.ts';
import { familyOf, type FilterFamily } from '../query/operators.ts';
import type { LookerField } from '../query/looker.ts';
import type { SelectionOutcome } from '../run/outcome.ts';
import type { HttpReply } from './http-reply.ts';
import { dataReply } from './json.ts';

interface Kind {
  readonly dataType: 'NUMBER' | 'STRING' | 'BOOLEAN';
  readonly semantics: {
    readonly conceptType: 'METRIC' | 'DIMENSION';
    readonly semanticGroup: string;
    readonly semanticType: string;
  };
}

const kind = (dataType: Kind['dataType'], semanticGroup: string, semanticType: string): Kind => ({
  dataType,
  semantics: { conceptType: dataType === 'NUMBER' ? 'METRIC' : 'DIMENSION', semanticGroup, semanticType },
});

const text = kind('STRING', 'TEXT', 'TEXT');

/** Objects, pictures and BLOBs are never fields. */
const kinds: Readonly<Record<Exclude<FilterFamily, 'date' | 'object' | 'image' | 'blob'>, Kind>> = {
  text,
  uuid: text,
  number: kind('NUMBER', 'NUMERIC', 'NUMBER'),
  bool: kind('BOOLEAN', 'BOOLEAN', 'BOOLEAN'),
};

const day = kind('STRING', 'DATETIME', 'YEAR_MONTH_DAY');
const instant = kind('STRING', 'DATETIME', 'YEAR_MONTH_DAY_SECOND');

function kindOf({ type, simpleDate }: StorageDef): Kind {
  const family = familyOf[type];
  if (family === 'date') return simpleDate ? day : instant;
  if (family === 'object' || family === 'image' || family === 'blob') return text;
  return kinds[family];
}

export function replyLooker({ total, first, entities }: SelectionOutcome, fields: readonly LookerField[]): HttpReply {
  const schema = fields.map(({ name, attribute }) => ({ name, ...kindOf(attribute) }));
  const head = Buffer.from(`{"schema":${JSON.stringify(schema)},"rows":[`);
  const tail = Buffer.from(`],"filtersApplied":false,"__COUNT":${total},"__FIRST":${first}}`);
  return dataReply(Buffer.concat(entities ? [head, entities, tail] : [head, tail]));
}
