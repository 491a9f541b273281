import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { LintFinding } from './lint-finding.ts';
import { lintMatrix } from './lint-matrix.ts';
import { lintPeople } from './lint-people.ts';
import { lintStructure } from './lint-structure.ts';
import { lowerRules } from './lower-rules.ts';
import type { PolicyDocument } from './policy-document.ts';

/**
 * Lints an approval policy: its references and durations, the regions its rules cover (gaps, overlaps, unreachable rules),
 * and, given a directory, the people it names. Findings come in a fixed order.
 * @param at the instant by which leavers are judged; without it, whoever has a last day is only warned about.
 */
export function lintPolicy(
  policy: Omit<ApprovalPolicy, 'warnings'>,
  document: PolicyDocument,
  directory?: LoadedDirectory,
  at?: Instant,
): LintFinding[] {
  const { rules, name, version } = policy;
  const isWritten = document.schema === 'countersign/approval-policy/1';
  const matrix = isWritten ? lowerRules(rules, { name, version, moneyScale: 1 }) : policy.matrix;
  return [
    ...lintStructure(document, rules),
    ...lintMatrix(rules, matrix),
    ...(directory === undefined ? [] : lintPeople(document, directory, at)),
  ];
}
