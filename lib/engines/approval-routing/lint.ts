import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import type { ApprovalPolicy } from './approval-policy.ts';
import type { LintFinding } from './lint-finding.ts';
import { lintPeople } from './lint-people.ts';
import { lintRegions } from './lint-regions.ts';
import { lintStructure } from './lint-structure.ts';
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
  return [
    ...lintStructure(document),
    ...lintRegions(policy.rules),
    ...(directory === undefined ? [] : lintPeople(document, directory, at)),
  ];
}
