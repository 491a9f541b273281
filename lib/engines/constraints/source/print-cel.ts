import type { Cel } from './cel-tree.ts';

/** How tightly a node binds; see the grammar of the CEL specification. */
function strength(node: Cel): number {
  switch (node.kind) {
    case 'choose':
      return 0;
    case 'logic':
      return node.operator === '||' ? 1 : 2;
    case 'binary':
      if (node.operator === '+' || node.operator === '-') return 4;
      return node.operator === '*' || node.operator === '/' || node.operator === '%' ? 5 : 3;
    case 'not':
    case 'negative':
      return 6;
    case 'integer':
      return node.value < 0 ? 6 : 7;
    default:
      return 7;
  }
}

function within(node: Cel, least: number): string {
  const text = printCel(node);
  return strength(node) < least ? `(${text})` : text;
}

/** Writes an expression on one line, with one space around operators and no parentheses that are not needed. */
export function printCel(node: Cel): string {
  switch (node.kind) {
    case 'integer':
    case 'boolean':
      return String(node.value);
    case 'text':
      return JSON.stringify(node.value);
    case 'field':
      return `request.${node.path}`;
    case 'has':
      return `has(request.${node.path})`;
    case 'name':
      return node.name;
    case 'list':
      return `[${node.items.map(printCel).join(', ')}]`;
    case 'call':
      return `${node.name}(${node.args.map(printCel).join(', ')})`;
    case 'not':
      return `!${within(node.of, 7)}`;
    case 'negative':
      return `-${within(node.of, 7)}`;
    case 'logic':
      return node.parts.map((part) => within(part, strength(node) + 1)).join(` ${node.operator} `);
    case 'binary': {
      const own = strength(node);
      // Comparisons do not chain; sums and products go from left to right.
      return `${within(node.left, own === 3 ? 4 : own)} ${node.operator} ${within(node.right, own + 1)}`;
    }
    case 'choose':
      return `${within(node.when, 1)} ? ${within(node.yes, 1)} : ${within(node.no, 0)}`;
    case 'each':
      return `${within(node.over, 7)}.${node.quantifier}(${node.name}, ${printCel(node.body)})`;
  }
}

const LINE = 100;

/** As `printCel`, but with a line for each part of a conjunction or disjunction that would become too long for one. */
export function layOutCel(node: Cel): string {
  const line = printCel(node);
  if (node.kind !== 'logic' || line.length <= LINE) return line;
  return node.parts.map((part) => within(part, strength(node) + 1)).join(` ${node.operator}\n`);
}
