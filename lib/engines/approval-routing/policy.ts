import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { readMoney } from '../../core/directory/written-values.ts';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { pointer } from '../../core/json.ts';
import { parseWith } from '../../core/zod-problems.ts';
import type { ApprovalPolicy, Effect, Level, Rule } from './approval-policy.ts';
import { type Comparison, readComparison } from './comparison.ts';
import { lintPolicy } from './lint.ts';
import { lowerRules } from './lower-rules.ts';
import { byText } from './order.ts';
import { type ComparisonDocument, type PolicyDocument, policyDocument, type RuleDocument } from './policy-document.ts';
import { readProvedRules } from './proved-rules.ts';

export type { ApprovalPolicy, Effect, Level, RiskRule, Rule } from './approval-policy.ts';

function isProblem(value: Comparison | Problem): value is Problem {
  return 'code' in value;
}

function effectOf(then: RuleDocument['then']): Effect {
  if ('require' in then) return { do: 'require', levels: [...new Set(then.require)].sort(byText) };
  return 'deny' in then ? { do: 'deny', reason: then.deny } : { do: 'approve' };
}

/** Reads comparisons into the fields' types; whatever cannot be read is added to the problems. */
function comparisons(problems: Problem[]) {
  return (document: ComparisonDocument, at: string): Comparison[] => {
    const result = readComparison(document, at);
    if (!isProblem(result)) return [result];
    problems.push(result);
    return [];
  };
}

/** The rules of either form, as the constraints engine decides them. */
function readRules(document: PolicyDocument, problems: Problem[]): Pick<ApprovalPolicy, 'rules' | 'matrix'> {
  if (document.schema === 'countersign/approval-policy/2') {
    const levels = document.levels.map(({ id }) => id);
    const { rules, matrix, problems: found } = readProvedRules(document.constraints, levels);
    problems.push(...found);
    return { rules, matrix };
  }
  const read = comparisons(problems);
  const rules = document.rules.map(({ id, name, owner, when, then }, index): Rule => {
    const list = (part: 'all' | 'any') =>
      (when?.[part] ?? []).flatMap((comparison, i) => read(comparison, pointer('/rules', index, 'when', part, i)));
    return { id, name, owner, all: list('all'), any: list('any'), effect: effectOf(then) };
  });
  const { name, version } = document;
  return { rules, matrix: lowerRules(rules, { name, version, moneyScale: 2 }) };
}

function readLevels(document: PolicyDocument, problems: Problem[]): Level[] {
  const levels = document.levels.map(({ mailCodeAbove, ...level }, index): Level => {
    if (mailCodeAbove === undefined) return level;
    const threshold = readMoney(mailCodeAbove);
    if (threshold !== undefined) return { ...level, mailCodeAbove: threshold };
    problems.push({
      pointer: pointer('/levels', index, 'mailCodeAbove'),
      code: 'value-unfit',
      message: `"${mailCodeAbove}" is no amount.`,
      mend: 'Write it like 50000 EUR.',
    });
    return level;
  });
  return levels.toSorted((a, b) => a.order - b.order || byText(a.id, b.id));
}

/** Reads the document's values into the fields' types; whatever cannot be read is added to the problems. */
function readPolicy(document: PolicyDocument, problems: Problem[]): Omit<ApprovalPolicy, 'warnings'> {
  const read = comparisons(problems);
  return {
    version: document.version,
    name: document.name,
    ...readRules(document, problems),
    levels: readLevels(document, problems),
    fallbackLevel: document.fallbackLevel,
    conversions: document.conversions,
    separationOfDuties: document.separationOfDuties,
    standardTerms: document.standardTerms.flatMap((each, index) => read(each, pointer('/standardTerms', index))),
    risk: document.risk.flatMap(({ when, ...rest }, index) =>
      read(when, pointer('/risk', index, 'when')).map((comparison) => ({ ...rest, when: comparison })),
    ),
  };
}

function refuse(problems: readonly Problem[]): never {
  throw new InvalidInput(`The approval policy has ${problems.length} problem(s).`, problems);
}

/**
 * Reads an approval policy and lints it; warnings travel with the policy.
 * @param value a JSON value in the form of `policy-document.ts`, such as a YAML file gives.
 * @param directory when given, roles and people are looked up in it.
 * @param at when given with a directory, leavers are judged by this instant.
 * @throws InvalidInput with every problem of shape, or else every error that reading and linting found, by name.
 */
export function loadPolicy(value: unknown, directory?: LoadedDirectory, at?: Instant): ApprovalPolicy {
  const document = parseWith(policyDocument, value, 'The approval policy');
  const problems: Problem[] = [];
  const policy = readPolicy(document, problems);
  if (problems.length > 0) refuse(problems);
  const findings = lintPolicy(policy, document, directory, at);
  const errors = findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) refuse(errors.map(({ severity: _, ...problem }) => problem));
  return { ...policy, warnings: findings.filter(({ severity }) => severity === 'warning') };
}
