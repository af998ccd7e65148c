// A model as the source text of a model file: what `init` and `import` write for an author to read and change.
import type { ModelDefinition } from './definition.ts';

const lineLength = 120;
const plainName = /^[A-Za-z_$][\w$]*$/;

/**
 * The model file of a definition, in the form that the formatter would give it.
 * @param comment lines for the top of the file, without `//`
 */
export function printDefinition(definition: ModelDefinition, comment: readonly string[] = []): string {
  const head = comment.map((line) => `// ${line}\n`).join('');
  return `${head}import { defineModel } from 'keystamp';\n\nexport default defineModel(${print(definition, '', 0)});\n`;
}

/** @param before how many characters of the line are taken */
function print(value: unknown, indent: string, before: number): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const oneLine = inOneLine(value);
  // An object with objects inside reads better in lines of its own.
  const nested = Object.values(value).some((inner) => typeof inner === 'object' && inner !== null);
  if (!(nested && !Array.isArray(value)) && before + oneLine.length < lineLength) return oneLine;
  const deeper = `${indent}  `;
  const lines = Array.isArray(value)
    ? value.map((item) => `${deeper}${print(item, deeper, deeper.length)}`)
    : Object.entries(value).map(([name, inner]) => {
        const start = `${deeper}${nameOf(name)}: `;
        return `${start}${print(inner, deeper, start.length)}`;
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return lines.length === 0 ? `${open}${close}` : `${open}\n${lines.join(',\n')},\n${indent}${close}`;
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(', ')}]`;
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const items = Object.entries(value).map(([name, inner]) => `${nameOf(name)}: ${inOneLine(inner)}`);
  return items.length === 0 ? '{}' : `{ ${items.join(', ')} }`;
}

const nameOf = (name: string): string => (plainName.test(name) ? name : quote(name));

/** Single quotes, unless the text holds more of those than of double ones. */
function quote(text: string): string {
  const json = JSON.stringify(text);
  const singles = text.split("'").length;
  if (singles > text.split('"').length) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
