import { dateOfDay } from '../../../core/calendar/local-day.ts';
import { describeFormula } from '../describe.ts';
import { isInForce } from '../evaluate/decide.ts';
import type { ConstraintSet, Field, Rule } from '../model.ts';
import { writeValue } from '../written-values.ts';
import { type Target, written } from './output.ts';

/** Characters that would end a line, hide, or turn the direction of what is read, shown by their number instead. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** ASCII punctuation that may mean something within a line: markup, HTML, tables, formulas, and what makes links of texts. */
const MEANINGFUL = /[!#$&*+./:<=>@[\\\]^_`{|}~]|-(?!(?<=[a-z0-9]-)[a-z0-9])/gi;

/**
 * A text that Markdown shows as it stands: what may mean something has a backslash before it (CommonMark 0.31, "Backslash
 * escapes"), line breaks are spaces, and invisible characters are shown by their number.
 */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(INVISIBLE, (char) => `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}>`)
    .replace(MEANINGFUL, '\\$&')
    .trim();
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function heading(cells: readonly string[]): string[] {
  return [row(cells), row(cells.map(() => '---'))];
}

function effectText({ effect }: Rule, fields: readonly Field[]): string {
  switch (effect.kind) {
    case 'require': {
      const { condition, forbids } = effect;
      if (condition.kind === 'constant') return condition.value ? 'demands nothing' : 'is forbidden';
      if (forbids && condition.kind === 'not') return `forbids: ${describeFormula(condition.part, fields)}`;
      return `requires: ${describeFormula(condition, fields)}`;
    }
    case 'route':
      return effect.to.length === 0 ? 'adds nothing to the route' : `goes to: ${effect.to.join(', ')}`;
    case 'default': {
      const field = fields[effect.field];
      return `sets ${field?.path} to ${field === undefined ? '' : writeValue(field.type, effect.value)}, where it is absent`;
    }
  }
}

function periodText(rule: Rule, day: number): string {
  const { from, until } = rule.inForce;
  const bounds = [
    ...(from === undefined ? [] : [`from ${dateOfDay(from)}`]),
    ...(until === undefined ? [] : [`before ${dateOfDay(until)}`]),
  ];
  const period = bounds.length === 0 ? 'always' : bounds.join(', ');
  return isInForce(rule, day) ? period : `${period} (not in force)`;
}

function ruleRow(rule: Rule, { rules, fields }: ConstraintSet, day: number): string {
  const overriders = rule.overriddenBy.map((index) => rules[index]?.id ?? '');
  const unless = overriders.length === 0 ? '' : `; unless overridden by ${overriders.join(', ')}`;
  const priority = rule.effect.kind === 'default' && rule.priority !== 0 ? `; priority ${rule.priority}` : '';
  const cells = [
    rule.id,
    `${describeFormula(rule.when, fields)}${unless}`,
    `${effectText(rule, fields)}${priority}`,
    periodText(rule, day),
    rule.message,
  ];
  return row(cells.map(escapeMarkdown));
}

function fieldRow({ path, type, minimum, maximum, optional, role, description }: Field): string {
  const kind = type.kind === 'money' ? `money (${type.currency})` : type.kind;
  const values =
    type.kind === 'enum'
      ? type.values.join(', ')
      : type.kind === 'set'
        ? `at most ${type.maximumSize} of: ${type.values.join(', ')}`
        : `${writeValue(type, minimum)} to ${writeValue(type, maximum)}`;
  const cells = [path, kind, values, `${role}${optional ? ', optional' : ''}`, description ?? ''];
  return row(cells.map(escapeMarkdown));
}

/** The rules as tables for people, one for each owner, and the fields. It says all of a set but decides nothing. */
export const markdown: Target = (set, { day }) => {
  const owners = [...Map.groupBy(set.rules, ({ owner }) => owner)].sort(([a], [b]) => (a < b ? -1 : 1));
  const inForce = set.rules.filter((rule) => isInForce(rule, day)).length;
  const pairs = set.exclusiveRoutes.map(([a, b]) => `- ${escapeMarkdown(a)} and ${escapeMarkdown(b)}`);
  const lines = [
    `# ${escapeMarkdown(`${set.name} ${set.version}`)}`,
    '',
    `Rules for ${escapeMarkdown(set.skill)} on ${dateOfDay(day)}: ${set.rules.length}, of which ${inForce} in force.`,
    ...owners.flatMap(([owner, rules]) => [
      '',
      `## ${escapeMarkdown(owner)}`,
      '',
      ...heading(['Rule', 'When', 'Effect', 'In force', 'Message']),
      ...rules.map((rule) => ruleRow(rule, set, day)),
    ]),
    ...(pairs.length === 0 ? [] : ['', '## Labels that exclude each other', '', ...pairs]),
    '',
    '## Fields',
    '',
    ...heading(['Field', 'Type', 'Values', 'Role', 'Description']),
    ...set.fields.map(fieldRow),
    '',
  ];
  return written('markdown', 'text/markdown', lines.join('\n'));
};
