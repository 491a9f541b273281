import { canonicalJson } from '../../../core/digest.ts';
import { boundaryTests } from '../boundary-tests.ts';
import { costBound } from '../cost.ts';
import { decide, isInForce } from '../evaluate/decide.ts';
import { holds } from '../evaluate/holds.ts';
import { readInput } from '../evaluate/read-input.ts';
import type { Finding } from '../findings.ts';
import type { ConstraintSet, RuleIndex, Values } from '../model.ts';
import type { ConstraintArtifact } from './document.ts';
import { dayOfDate } from './finding-form.ts';
import { type ReadArtifact, readArtifact } from './read-artifact.ts';
import { judge, judgeWaivers } from './verdict.ts';

/** Something that an artifact claims, looked at again. */
export interface ArtifactCheck {
  /** What was looked at: `boundary-tests`, `witness`, `subset-witness`, `cost`, `verdict`. */
  readonly check: 'boundary-tests' | 'witness' | 'subset-witness' | 'cost' | 'waivers' | 'verdict';
  /** The finding or the test that it is about. */
  readonly about: string;
  readonly holds: boolean;
  readonly message: string;
}

/** A day that a finding is about: the one of its witness, or else any day of its period. */
function dayOf({ witnessDay, period }: Finding, today: number): number {
  if (witnessDay !== undefined) return witnessDay;
  const { from, until } = period;
  return from !== undefined && today < from ? from : until !== undefined && today >= until ? until - 1 : today;
}

function isViolated(set: ConstraintSet, rule: RuleIndex, values: Values, day: number): boolean {
  return decide(set, values, day).violated.includes(set.rules[rule]?.id ?? '');
}

function metRows(set: ConstraintSet, table: string | undefined, values: Values, day: number): number {
  const rows = set.tables.find(({ id }) => id === table)?.rows ?? [];
  return rows.filter(({ cells, rule }) => {
    const made = set.rules[rule];
    return made !== undefined && isInForce(made, day) && holds(cells, values);
  }).length;
}

/** What the witness of a finding has to show, said once more by the reference evaluator; `undefined` where it shows nothing. */
function shows(set: ConstraintSet, finding: Finding, values: Values, day: number): boolean | undefined {
  const decision = decide(set, values, day);
  switch (finding.code) {
    case 'conflict':
      return finding.rules.some((rule) => isViolated(set, rule, values, day));
    case 'exclusive-routes':
      return set.exclusiveRoutes.some((pair) => pair.every((label) => decision.route.includes(label)));
    case 'table-gap':
      return metRows(set, finding.table, values, day) === 0;
    case 'table-overlap':
      return metRows(set, finding.table, values, day) >= 2;
    default:
      return undefined;
  }
}

function checkFinding(set: ConstraintSet, finding: Finding, today: number): ArtifactCheck[] {
  const about = `${finding.code} ${finding.digest}`;
  const day = dayOf(finding, today);
  const { witness } = finding;
  if (witness === undefined) return [];
  const shown = shows(set, finding, witness, day);
  const checks: ArtifactCheck[] = [];
  if (shown !== undefined)
    checks.push({
      check: 'witness',
      about,
      holds: shown,
      message: shown ? 'The witness shows it.' : 'The witness does not show what the finding says.',
    });
  const facts = (values: Values): string =>
    JSON.stringify(values.map((value, n) => (set.fields[n]?.role === 'fact' ? (value ?? null) : 0)));
  for (const { without, values } of finding.subsetWitnesses ?? []) {
    const others = finding.rules.filter((rule) => rule !== without);
    const met =
      facts(values) === facts(witness) &&
      isViolated(set, without, values, day) &&
      others.every((rule) => !isViolated(set, rule, values, day));
    const id = set.rules[without]?.id ?? '';
    const message = met
      ? `Without "${id}" the others can be satisfied.`
      : `The values that should satisfy the others without "${id}" do not.`;
    checks.push({ check: 'subset-witness', about, holds: met, message });
  }
  if (finding.code === 'conflict') {
    const left = new Set((finding.subsetWitnesses ?? []).map(({ without }) => without));
    const minimal = finding.rules.every((rule) => left.has(rule));
    if (!minimal)
      checks.push({
        check: 'subset-witness',
        about,
        holds: false,
        message: 'It is not shown that each of the rules is needed.',
      });
  }
  return checks;
}

/** Holds the boundary tests against the reference evaluator: one check for all that hold, one for each that does not. */
export function checkBoundaryTests({ artifact, set }: ReadArtifact): ArtifactCheck[] {
  const { tests } = artifact.boundaryTests;
  const failed = tests.flatMap(({ about, day, input, expected }, n): ArtifactCheck[] => {
    const actual = decide(set, readInput(set, input), dayOfDate(day));
    if (canonicalJson(actual) === canonicalJson(expected)) return [];
    const what = `${about[0] ?? `test ${n + 1}`}${about.length > 1 ? ` (and ${about.length - 1} more)` : ''}`;
    const message = `Expected ${told(expected)}, but the rules say ${told(actual)}.`;
    return [{ check: 'boundary-tests', about: what, holds: false, message }];
  });
  const passed = tests.length - failed.length;
  const message = `${passed} of ${tests.length} boundary tests are decided as expected.`;
  return [{ check: 'boundary-tests', about: artifact.name, holds: failed.length === 0, message }, ...failed];
}

function told({
  outcome,
  violated,
  route,
}: {
  readonly outcome: string;
  readonly violated: readonly string[];
  readonly route: readonly string[];
}): string {
  const by = violated.length === 0 ? '' : ` by ${violated.join(', ')}`;
  const to = route.length === 0 ? '' : ` to ${route.join(', ')}`;
  return `${outcome}${by}${to}`;
}

function checkClaims({ artifact, set, findings }: ReadArtifact): ArtifactCheck[] {
  const { name: about, analysis, targets } = artifact;
  const day = dayOfDate(artifact.day);
  const waivers = judgeWaivers(set.waivers, findings, day);
  const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);
  const verdict = judge({ ...analysis, findings, unknowns: [] }, waivers, targets);
  const isJudged =
    verdict.publishable === artifact.verdict.publishable && same(verdict.reasons, artifact.verdict.reasons);
  const cost = costBound(set);
  const isCosted = same(cost, artifact.cost);
  return [
    {
      check: 'waivers',
      about,
      holds: same(waivers, artifact.waivers),
      message: `Waivers by ${artifact.day}: ${waivers.inForce.length} in force, ${waivers.lapsed.length} lapsed.`,
    },
    {
      check: 'cost',
      about,
      holds: isCosted,
      message: `A decision takes ${cost.atoms} comparisons at most and routes to ${cost.labels} labels at most.`,
    },
    {
      check: 'verdict',
      about,
      holds: isJudged,
      message: verdict.publishable ? 'It may be published.' : 'It may not be published.',
    },
  ];
}

/**
 * Looks again at what an artifact claims, without its source and without any prover: its digest, each witness and each subset
 * witness, each boundary test, that those tests are the ones its rules call for, cost, waivers and verdict. What was found by
 * proof alone (that a rule is dead, say) is not proved again.
 * @throws InvalidInput, IntegrityError when it is no artifact, or not the one that was compiled.
 */
export function verifyArtifact(artifact: ConstraintArtifact): ArtifactCheck[] {
  const read = readArtifact(artifact);
  const { set, findings } = read;
  const today = dayOfDate(artifact.day);
  const wanted = boundaryTests(set, today).tests.length;
  const kept = artifact.boundaryTests.tests.length;
  return [
    ...checkBoundaryTests(read),
    ...(wanted === kept
      ? []
      : [
          {
            check: 'boundary-tests' as const,
            about: artifact.name,
            holds: false,
            message: `The rules call for ${wanted} boundary tests, and there are ${kept}.`,
          },
        ]),
    ...findings.flatMap((finding) => checkFinding(set, finding, today)),
    ...checkClaims(read),
  ];
}
