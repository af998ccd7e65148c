// A catalog as TypeScript: the type that `createClient` of @keystamp/client takes.
import type { WireAttribute, WireCatalog, WireDataClass, WireMethod } from '@keystamp/client';
import { parameterDef, type ParameterDef } from '../model/parameter-type.ts';

/** The text of a module that exports `Model`. @param from where the catalog came from, told at the top */
export function catalogTypes(catalog: WireCatalog, from: string): string {
  const { dataClasses, methods = [], singletons = [] } = catalog;
  const isClass = (name: string): boolean => dataClasses.some((each) => each.name === name);
  const group = (name: string, of: readonly WireMethod[]): readonly string[] =>
    block(name, of.map((method) => `readonly ${property(method.name)}: ${exposed(method, isClass)};`)); // oxfmt-ignore
  const classes = dataClasses.map((each) => [each.name, attributesOf(each, dataClasses)] as const);
  const code = [
    ...group('functions', methods),
    ...block(
      'dataClasses',
      dataClasses.flatMap(({ name, methods: own = [] }) =>
        block(name, [
          ...group('functions', own.filter(at('dataClass'))),
          ...group('selectionFunctions', own.filter(at('entityCollection'))),
          ...group('entityFunctions', own.filter(at('entity'))),
        ]),
      ),
    ),
    ...block(
      'singletons',
      singletons.flatMap(({ name, methods: own }) => block(name, group('functions', own))),
    ),
  ];
  return [
    `// Written by \`keystamp types ${from}\`; to be written again when the model has changed.`,
    '',
    ...(code.length > 0
      ? [
          '/** What a function gives is not in the catalog, nor what it takes unless it declares that. */',
          '// oxlint-disable-next-line no-explicit-any',
          'interface Exposed<P extends readonly unknown[] = any[]> {',
          '  readonly exposed: true;',
          '  // oxlint-disable-next-line no-explicit-any',
          '  readonly run: (...args: P) => any;',
          '}',
          '',
          ...(code.some((line) => line.includes('EntityOf<')) ? entityOf : []),
          ...(code.some((line) => line.includes('SelectionOf<')) ? selectionOf : []),
        ]
      : []),
    'export interface Model {',
    '  readonly model: {',
    '    readonly dataClasses: {',
    ...classes.flatMap(([name, attributes]) => [
      `      readonly ${property(name)}: {`,
      '        readonly attributes: {',
      ...attributes.map((line) => `          ${line}`),
      '        };',
      '      };',
    ]),
    '    };',
    '  };',
    ...(code.length > 0 ? block('code', code) : ['readonly code: object;']).map((line) => `  ${line}`),
    '}',
    '',
  ].join('\n');
}

/** Lines of `readonly name: { … };`, none when there is nothing in it. */
const block = (name: string, lines: readonly string[]): readonly string[] =>
  lines.length === 0 ? [] : [`readonly ${property(name)}: {`, ...lines.map((line) => `  ${line}`), '};'];

const entityOf = [
  '/** A parameter that is an entity of that dataclass. */',
  'interface EntityOf<C> {',
  '  getDataClass(): { readonly name: C };',
  '}',
  '',
];

const selectionOf = [
  '/** A parameter that is an entity set of that dataclass. */',
  'interface SelectionOf<C> {',
  '  getDataClass(): { readonly name: C };',
  '  readonly toCollection: unknown;',
  '}',
  '',
];

/** The type of a function. Declared types that are not known here, of another version perhaps, may be anything. */
function exposed({ parameters }: WireMethod, isClass: (name: string) => boolean): string {
  if (!parameters) return 'Exposed';
  const types = parameters.map((name) => parameterDef(name, isClass));
  const lastNeeded = types.findLastIndex((type) => type && !type.optional);
  const items = types.map((type, i) => {
    const written = type ? parameterType(type) : 'unknown';
    return type?.optional !== false && i > lastNeeded ? `(${written})?` : written;
  });
  return `Exposed<[${items.join(', ')}]>`;
}

function parameterType({ kind, dataClass, optional }: ParameterDef): string {
  const none = optional ? ' | null | undefined' : '';
  switch (kind) {
    case 'any':
      return 'unknown';
    case 'array':
      return `readonly unknown[]${none}`;
    case 'entity':
      return `EntityOf<${JSON.stringify(dataClass)}>${none}`;
    case 'selection':
      return `SelectionOf<${JSON.stringify(dataClass)}>${none}`;
    case 'string':
    case 'number':
    case 'boolean':
    case 'object':
      return kind + none;
    default:
      return kind satisfies never;
  }
}

const at =
  (level: WireMethod['applyTo']) =>
  ({ applyTo }: WireMethod): boolean =>
    applyTo === level;

const property = (name: string): string => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

function attributesOf({ attributes }: WireDataClass, classes: readonly WireDataClass[]): readonly string[] {
  return attributes.map((attribute) => {
    const facts = factsOf(attribute, classes).map((fact) => `readonly ${fact};`);
    return `readonly ${property(attribute.name)}: { ${facts.join(' ')} };`;
  });
}

/** What the client's types read of an attribute. An alias that shows entities is a relation to them. */
function factsOf(attribute: WireAttribute, classes: readonly WireDataClass[]): readonly string[] {
  const { kind, type } = attribute;
  const one = classes.find(({ name }) => name === type);
  const many = classes.find(({ collectionName }) => collectionName === type);
  if (kind === 'relatedEntity' || (kind === 'alias' && one))
    return [`kind: 'relatedEntity'`, `dataClass: ${JSON.stringify(one?.name ?? type)}`];
  if (kind === 'relatedEntities' || (kind === 'alias' && many))
    return [`kind: 'relatedEntities'`, `dataClass: ${JSON.stringify(many?.name ?? type)}`];
  return [
    ...(kind === 'storage' ? [] : [`kind: '${kind}'`]),
    `type: ${JSON.stringify(type)}`,
    ...(attribute.identifying ? ['primKey: true'] : attribute.not_null ? ['mandatory: true'] : []),
  ];
}
