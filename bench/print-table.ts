// The one table, as Markdown that can be read as it is.
import type { Row } from './scenario.ts';

const heads = ['scenario', 'goal', 'measured', 'min–max', 'by CPU', 'Keystamp', 'ceiling', '', 'note'] as const;

export function printTable(rows: readonly Row[]): string {
  const lines = [
    heads,
    ...rows.map((row) => [
      row.scenario,
      row.goal,
      row.measured,
      row.range,
      row.byCpu ?? '',
      row.keystamp,
      row.ceiling,
      row.reached ? 'reached' : 'MISSED',
      row.note ?? '',
    ]),
  ];
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  const print = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [print(lines[0]!), rule, ...lines.slice(1).map(print)].join('\n');
}
