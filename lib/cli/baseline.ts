import type { ConfigurationMove } from '../platform/configuration/ledger.ts';
import { addCandidate, listVersions, rollback } from '../platform/configuration/lifecycle.ts';
import { promotedDigestOf, validationOf } from '../platform/configuration/validation.ts';
import { promoteVersion } from '../platform/promotion/promote-version.ts';
import type { PromotionReport } from '../platform/promotion/promotion-report.ts';
import { type EnvironmentOptions, openEnvironment, operator, skillOf } from './environment.ts';
import { readDocument } from './read-document.ts';

/** Options of `countersign baseline`. */
export interface BaselineOptions extends EnvironmentOptions {
  readonly skill?: string;
  readonly by?: string;
  readonly json?: boolean;
}

const moveLine = ({ at, from, to, by, because }: ConfigurationMove): string =>
  `      ${at}  ${from} -> ${to}, by ${by}: ${because}`;

/** `countersign baseline list`: every version, what it has passed, and each of its moves. */
export async function list(options: BaselineOptions): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, options.skill);
  const versions = await Promise.all(
    (await listVersions(runtime, skill)).map(async (listed) => {
      const promotedDigest = promotedDigestOf(skill, listed.digest);
      const { records, missing } = await validationOf(runtime, skill.name, promotedDigest);
      return { ...listed, promotedDigest, records, missing };
    }),
  );
  if (options.json === true) return console.log(JSON.stringify({ skill: skill.name, versions }));
  console.log(`${skill.title}\n`);
  for (const { version, status, since, baseline, moves, missing, promotedDigest } of versions) {
    console.log(`  ${version}  ${status}${baseline ? ' (baseline)' : ''} since ${since}`);
    console.log(`      ${promotedDigest}`);
    console.log(`      ${missing.length === 0 ? 'passed all four suites' : `not passed: ${missing.join(', ')}`}`);
    for (const move of moves) console.log(moveLine(move));
  }
}

/** `countersign baseline add`: puts a policy file on trial. */
export async function add(file: string, options: BaselineOptions): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, options.skill);
  const added = await addCandidate(runtime, skill, readDocument(file), operator(options.by));
  if (options.json === true) return console.log(JSON.stringify({ skill: skill.name, ...added }));
  console.log(`${added.version} is ${added.status} (${added.digest}).`);
  if (added.status === 'candidate') console.log(`Validate it: countersign validate ${skill.name} --policy ${file}`);
}

const MARKS = { pass: '✓', fail: '✗', missing: '–' } as const;

/** The report as a person reads it. */
export function promotionLines(report: PromotionReport): string[] {
  const { gates, varianceNotes, risk, confidenceBasisPoints, approvals, recommendation, because } = report;
  return [
    ...gates.map(({ suite, result }) => `${MARKS[result]} ${suite}: ${result}`),
    'Variance:',
    ...(varianceNotes.length === 0 ? ['  none'] : varianceNotes.map((note) => `  ${note}`)),
    `Risk ${risk.score} of 100, confidence ${Math.trunc(confidenceBasisPoints / 100)} %`,
    ...risk.factors.map(({ code, points, message }) => `  ${code} +${points}: ${message}`),
    `Approvals: ${approvals.required.join(', ')} (agreed: ${approvals.given.join(', ')})`,
    `Recommendation: ${recommendation}`,
    ...because.map((reason) => `  ${reason}`),
  ];
}

/** `countersign baseline promote`: prints the report, and promotes when it allows it; exit 1 when it does not. */
export async function promote(
  version: string,
  options: BaselineOptions & { readonly agreedBy?: readonly string[] },
): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, options.skill);
  const order = { skill, version, by: operator(options.by), agreed: options.agreedBy ?? [] };
  const result = await promoteVersion(runtime, order);
  if (options.json === true) console.log(JSON.stringify(result));
  else {
    console.log([`${skill.title}: ${version}`, ...promotionLines(result.report)].join('\n'));
    console.log(result.promoted === undefined ? '\nNot promoted.' : `\n${version} is the baseline now.`);
    console.log(`Report: ${result.reportDigest}`);
  }
  if (result.promoted === undefined) process.exitCode = 1;
}

/** `countersign baseline rollback`: puts an earlier baseline back. */
export async function rollBack(
  options: BaselineOptions & { readonly to?: string; readonly because: string },
): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, options.skill);
  const { to, because } = options;
  const order = { by: operator(options.by), because, ...(to === undefined ? {} : { to }) };
  const back = await rollback(runtime, skill, order);
  if (options.json === true) return console.log(JSON.stringify({ skill: skill.name, ...back }));
  console.log(`${back.version} is the baseline again.`);
}
