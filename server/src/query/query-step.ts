// A filter as the steps that answer it, in words (spec 04 § 9): what `$queryplan` and `$querypath` tell.
import type { DataClassDef, RelationDef, StorageDef, Value } from '../model/model.ts';
import type { ObjectScalar, Predicate, Test } from './predicate.ts';

interface StepBase {
  /** The class whose entities the step chooses, and which of them. */
  readonly dataClass: DataClassDef;
  readonly predicate: Predicate;
}

export type QueryStep =
  | (StepBase & {
      readonly kind: 'logic';
      readonly operator: 'And' | 'Or' | 'Not' | 'Except';
      readonly steps: readonly QueryStep[];
    })
  /** Through a relation; `inner` chooses among the related entities, absent when any of them will do. */
  | (StepBase & { readonly kind: 'join'; readonly text: string; readonly inner?: QueryStep })
  | (StepBase & { readonly kind: 'item'; readonly text: string });

/** The steps of a bound filter. */
export function queryStep(predicate: Predicate, dataClass: DataClassDef): QueryStep {
  const base = { dataClass, predicate };
  const below = (part: Predicate): QueryStep => queryStep(part, dataClass);
  switch (predicate.kind) {
    case 'and':
      return { ...base, kind: 'logic', operator: 'And', steps: predicate.parts.map(below) };
    case 'or':
      return { ...base, kind: 'logic', operator: 'Or', steps: predicate.parts.map(below) };
    case 'not':
      return { ...base, kind: 'logic', operator: 'Not', steps: [below(predicate.part)] };
    case 'except':
      return { ...base, kind: 'logic', operator: 'Except', steps: [below(predicate.from), below(predicate.without)] };
    case 'exists': {
      const { relation, where } = predicate;
      const inner = where.kind === 'all' ? undefined : queryStep(where, relation.target);
      return { ...base, kind: 'join', text: joinText(relation), ...(inner && { inner }) };
    }
    case 'all':
    case 'none':
    case 'keys':
    case 'members':
    case 'test':
    case 'json':
    case 'element':
    case 'calculated':
      return { ...base, kind: 'item', text: textOf(predicate, dataClass) };
    default:
      return predicate satisfies never;
  }
}

function joinText(relation: RelationDef): string {
  const { kind, target } = relation;
  const toOne = kind === 'relatedEntity' ? relation : relation.inverse;
  const many = `${toOne.owner.name}.${toOne.name}`;
  const one = `${toOne.target.name}.${(toOne.target.key[0] as StorageDef).name}`;
  return `Join on Table : ${target.name}  :  ${kind === 'relatedEntity' ? `${many} = ${one}` : `${one} = ${many}`}`;
}

/** A predicate in one line. */
function textOf(predicate: Predicate, dataClass: DataClassDef): string {
  const all = (parts: readonly Predicate[], word: string): string =>
    `(${parts.map((part) => textOf(part, dataClass)).join(` ${word} `)})`;
  switch (predicate.kind) {
    case 'all':
      return 'true';
    case 'none':
      return 'false';
    case 'keys':
    case 'members':
      return `${dataClass.name}.${dataClass.key.map((key) => key.name).join('&')} IN keys`;
    case 'and':
      return all(predicate.parts, 'AND');
    case 'or':
      return all(predicate.parts, 'OR');
    case 'not':
      return `NOT ${textOf(predicate.part, dataClass)}`;
    case 'except':
      return all([predicate.from, predicate.without], 'EXCEPT');
    case 'exists':
      return `${predicate.relation.name}: ${textOf(predicate.where, predicate.relation.target)}`;
    case 'test':
      return `${attributeText(predicate.attribute)} ${testText(predicate.test, predicate.attribute.type)}`;
    case 'json':
      return `${placeText(predicate)} ${testText(predicate.test, 'string')}`;
    case 'calculated':
      return calculatedText(predicate);
    case 'element':
      return `${placeText(predicate)}[${predicate.letter}] : ${textOf(predicate.where, dataClass)}`;
    default:
      return predicate satisfies never;
  }
}

/** Without code for queries the value of every entity is worked out, one after the other. */
function calculatedText({ attribute, operator, value }: Extract<Predicate, { readonly kind: 'calculated' }>): string {
  const shown = Array.isArray(value) ? `[${value.map(String).join(', ')}]` : String(value);
  return `${attribute.owner.name}.${attribute.name} ${operator} ${shown}${attribute.query ? '' : ' (sequential)'}`;
}

/** An attribute, with its index if it has one; a hidden foreign key goes by the name of its relation. */
function attributeText(attribute: StorageDef): string {
  const { owner, indexed, unique, primKey } = attribute;
  const relation = owner.attributes
    .values()
    .find((other) => other.kind === 'relatedEntity' && other.foreignKey === attribute);
  const name = `${owner.name}.${attribute.scope === 'public' || !relation ? attribute.name : relation.name}`;
  return indexed || unique || primKey ? `[index : ${name} ]` : name;
}

function placeText(place: { readonly attribute: StorageDef | undefined; readonly path: readonly string[] }): string {
  const { attribute, path } = place;
  return [...(attribute ? [attribute.owner.name, attribute.name] : []), ...path].join('.') || 'element';
}

function testText(test: Test<Value> | Test<ObjectScalar>, type: StorageDef['type']): string {
  const not = 'negated' in test && test.negated;
  switch (test.kind) {
    case 'null':
      return not ? '!= null' : '= null';
    case 'any':
      return not ? 'NOT LIKE *' : 'LIKE *';
    case 'compare': {
      const exact = typeof test.value === 'string' && (type === 'string' || type === 'text');
      const sign =
        exact && test.comparison === '=' ? '===' : exact && test.comparison === '!=' ? '!==' : test.comparison;
      return `${sign} ${valueText(test.value, type)}`;
    }
    case 'like':
      return `${not ? 'NOT LIKE' : 'LIKE'} ${short(test.pattern.join('*'))}`;
    case 'in': {
      const items = [
        ...test.values.slice(0, shownItems).map((value) => valueText(value, type)),
        ...test.patterns.map((pieces) => short(pieces.join('*'))),
      ];
      const count = test.values.length + test.patterns.length;
      return `IN [${items.slice(0, shownItems).join(', ')}${count > shownItems ? ', …' : ''}]`;
    }
    case 'words':
      return `% ${short(test.text)}${test.prefix ? '*' : ''}`;
    case 'identity':
      return `${not ? '!=' : '='} ${short(test.values.map((value) => valueText(value, type)).join(', '))}`;
    default:
      return test satisfies never;
  }
}

/** Items of a list that are shown. */
const shownItems = 10;

/** At most 100 characters. */
const short = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);

function valueText(value: Value | ObjectScalar, type: StorageDef['type']): string {
  if (value instanceof Uint8Array) return '…';
  if (type === 'date' && typeof value === 'number') return new Date(value).toISOString();
  if (typeof value === 'object' && value !== null) return new Date(value.instant).toISOString();
  return short(String(value));
}
