import { InvalidInput, type Problem } from '../../core/errors.ts';
import type { ConstraintArtifact } from '../../engines/constraints/artifact/document.ts';
import { verifyArtifact } from '../../engines/constraints/artifact/verify-artifact.ts';
import type { Finding, Unknown } from '../../engines/constraints/findings.ts';
import type { ConstraintSet } from '../../engines/constraints/model.ts';
import { EXIT } from '../exit-codes.ts';
import { sayJson } from '../say.ts';
import { onSource } from './invalid-source.ts';
import { findingLines } from './print/finding-lines.ts';
import { hanging, type Line, plural, sayLines } from './print/lines.ts';
import { problemLines } from './print/problem-lines.ts';
import { SourceMap } from './print/source-map.ts';
import { type Proved, prove } from './prove.ts';
import { dayOf, readText } from './source-file.ts';

export interface CheckOptions {
  readonly day?: string;
  readonly json?: boolean;
}

/** A source that was compiled and proved. */
export interface Checked extends Proved {
  readonly file: string;
  readonly text: string;
  readonly set: ConstraintSet;
  /** What about the source deserves a look without being wrong. */
  readonly warnings: readonly Problem[];
  readonly day: number;
}

/** Compiles and proves a source. @throws InvalidInput with every problem of the source. */
export async function checkFile(file: string, options: CheckOptions): Promise<Checked> {
  const day = dayOf(options.day);
  const text = readText(file);
  const { checkSource } = await import('../../engines/constraints/source/compile.ts');
  const { set, warnings } = checkSource(text, file);
  return { file, text, set, warnings, day, ...(await prove(set, day)) };
}

function isWaived({ waivers }: ConstraintArtifact, { digest }: Finding): boolean {
  return waivers.inForce.some(({ finding }) => finding === digest);
}

function waiverLines({ waivers }: ConstraintArtifact): Line[] {
  const held = waivers.inForce.flatMap(({ finding, owner, reason, until }) =>
    hanging([['note', 'note[waived]'], ': '], `${owner} answers for ${finding} until ${until}: ${reason}`),
  );
  const lapsed = waivers.lapsed.flatMap(({ finding, owner, until, because }) =>
    hanging(
      [['warning', `warning[waiver-${because}]`], ': '],
      because === 'expired'
        ? `The waiver of ${owner} for ${finding} ended on ${until}. Settle the finding, or agree on a new day.`
        : `The waiver of ${owner} is bound to ${finding}, which is not (or no longer) found. Remove it.`,
    ),
  );
  return [...held, ...lapsed, ...(held.length + lapsed.length > 0 ? [[]] : [])];
}

const REASONS = {
  opaque: 'they depend on an expression that is beyond the analysable subset',
  budget: 'the declared work was spent',
} as const;

/** Open questions, those about the same rules together. */
function unknownLines({ set, analysis }: Checked): Line[] {
  const groups = Map.groupBy(analysis.unknowns, ({ rules, because }) => `${because} ${rules.join()}`);
  return [...groups.values()].flatMap((unknowns): Line[] => {
    const [{ rules, because }] = unknowns as [Unknown];
    const questions = [...new Set(unknowns.map(({ question }) => question))].join(', ');
    const ids = rules.map((index) => `"${set.rules[index]?.id ?? ''}"`).join(', ');
    const spent = Math.max(...unknowns.map((each) => each.spent));
    const cost = because === 'budget' ? ` (${spent} units)` : '';
    const message = `${ids === '' ? 'These' : `About ${ids} these`} are neither found nor excluded: ${REASONS[because]}${cost}.`;
    return [...hanging([['warning', 'unknown'], ': '], `${questions}. ${message}`), []];
  });
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const place = ({ spans }: Finding): number => spans[0]?.line ?? 0;
  return findings.toSorted((a, b) =>
    a.severity === b.severity ? place(a) - place(b) : a.severity === 'error' ? -1 : 1,
  );
}

/** Which languages say the rules exactly, which less, which not at all. */
function targetsText({ targets }: ConstraintArtifact): string {
  return (['exact', 'weaker', 'refused'] as const)
    .flatMap((fidelity) => {
      const names = Object.keys(targets).filter((name) => targets[name]?.fidelity === fidelity);
      return names.length === 0 ? [] : [`${fidelity}: ${names.join(', ')}`];
    })
    .join('; ');
}

function summaryLines(
  { set, analysis, artifact, warnings }: Checked,
  open: readonly Finding[],
  failed: number,
): Line[] {
  const errors = open.filter(({ severity }) => severity === 'error').length;
  const { tests, neverApplied } = artifact.boundaryTests;
  const counts = [
    plural(errors, 'error'),
    plural(open.length - errors + warnings.length + artifact.waivers.lapsed.length, 'warning'),
    plural(analysis.unknowns.length, 'open question'),
    ...(artifact.waivers.inForce.length === 0 ? [] : [`${artifact.waivers.inForce.length} waived`]),
    ...(analysis.truncated.length === 0 ? [] : [`more of: ${analysis.truncated.join(', ')}`]),
  ].join(', ');
  const rows = set.rules.filter(({ table }) => table !== undefined).length;
  const rules = plural(set.rules.length - rows, 'rule');
  const tables = `${plural(set.tables.length, 'table')} with ${plural(rows, 'row')}`;
  const tested =
    failed === 0 ? `${tests.length} boundary tests pass` : `${failed} of ${tests.length} boundary tests fail`;
  const never = neverApplied.length === 0 ? '' : `, none of them applies ${neverApplied.join(', ')}`;
  return [
    ...hanging(
      [['strong', `${set.name} ${set.version}`], ': '],
      `${rules}, ${tables}, ${plural(set.fields.length, 'field')}.`,
    ),
    ...hanging(['  '], `${counts}.`),
    ...hanging(['  '], `${tested}${never}. A decision takes ${artifact.cost.atoms} comparisons at most.`),
    ...hanging(['  '], `In other languages, ${targetsText(artifact)}.`),
    ['  ', artifact.verdict.publishable ? ['good', 'It may be published.'] : ['error', 'It may not be published.']],
  ];
}

/** Whether nobody has to look at anything. */
export function isClean({ analysis, artifact, warnings }: Checked): boolean {
  const open = analysis.findings.filter((finding) => !isWaived(artifact, finding));
  return (
    open.length === 0 &&
    warnings.length === 0 &&
    analysis.unknowns.length === 0 &&
    analysis.truncated.length === 0 &&
    artifact.waivers.lapsed.length === 0
  );
}

/** Everything that is to be said of a checked source, for people. */
export function reportLines(checked: Checked, failed: number): Line[] {
  const { text, file, set, analysis, artifact, warnings, day } = checked;
  const map = new SourceMap(text, file);
  const open = inOrder(analysis.findings.filter((finding) => !isWaived(artifact, finding)));
  return [
    ...problemLines(warnings, text, 'warning'),
    ...open.flatMap((finding) => findingLines(set, finding, { source: text, spots: map.spotsOf(set, finding), day })),
    ...unknownLines(checked),
    ...waiverLines(artifact),
    ...summaryLines(checked, open, failed),
  ];
}

/**
 * `countersign constraints check`: proves a source and prints every finding. Ends with 0 when it is clean, 1 when there is something
 * to look at (a finding that nobody answers for, an open question, a waiver that lapsed), 2 when the source is not valid.
 * @throws InvalidInput when the file cannot be read.
 */
export async function check(file: string, options: CheckOptions): Promise<void> {
  const checked = await onSource(file, options, () => checkFile(file, options));
  if (checked === undefined) return;
  const { artifact, warnings } = checked;
  const checks = verifyArtifact(artifact);
  const failed = checks.filter(({ holds }) => !holds);
  if (options.json === true) {
    const { name, version, digest, day, analysis, waivers, cost, boundaryTests, verdict } = artifact;
    const { tests, neverApplied, leftOut } = boundaryTests;
    sayJson({
      file,
      valid: true,
      clean: isClean(checked) && failed.length === 0,
      name,
      version,
      day,
      artifact: digest,
      ...verdict,
      warnings,
      ...analysis,
      waivers,
      cost,
      boundaryTests: { tests: tests.length, neverApplied, leftOut },
      failedChecks: failed,
    });
  } else sayLines(reportLines(checked, failed.filter(({ check: kind }) => kind === 'boundary-tests').length));
  if (failed.length > 0) {
    const problems = failed.map(({ check: kind, about, message }) => ({
      pointer: '',
      code: kind,
      message: `${about}: ${message}`,
      mend: 'Report this as a defect of the analysis, together with the constraint set.',
    }));
    throw new InvalidInput('The artifact does not stand up to its own checks.', problems);
  }
  process.exitCode = isClean(checked) ? EXIT.ok : EXIT.no;
}
