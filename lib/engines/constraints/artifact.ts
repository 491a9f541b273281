import { dateOfDay } from '../../core/calendar/local-day.ts';
import { canonicalJson, type Digest, digestOf } from '../../core/digest.ts';
import { ARTIFACT_SCHEMA, type ArtifactBody, COMPILER_VERSION, type ConstraintArtifact } from './artifact/document.ts';
import { writeFinding, writeUnknown } from './artifact/finding-form.ts';
import { judge, judgeWaivers } from './artifact/verdict.ts';
import { boundaryTests } from './boundary-tests.ts';
import { costBound } from './cost.ts';
import { writeInput } from './evaluate/write-input.ts';
import type { Analysis } from './findings.ts';
import type { ConstraintSet, Span } from './model.ts';

/** What an artifact keeps of a target: how much of the rules it says, and the digest of its text. */
export interface TargetSummary {
  readonly fidelity: 'exact' | 'weaker' | 'refused';
  readonly because: readonly string[];
  readonly mediaType: string;
  readonly digest?: Digest;
}

/** What an artifact is made of. */
export interface Compilation {
  readonly set: ConstraintSet;
  /** What `analyse` found in this very set. */
  readonly analysis: Analysis;
  /** Results of targets, by their names; only their summaries are kept. */
  readonly targets?: Readonly<Record<string, TargetSummary>>;
  /** Days since 1970-01-01: waivers are judged by it, and boundary tests are made for it. */
  readonly day: number;
}

/** Spans name the file alone, so that the folder in which somebody compiles makes no difference. */
function fileName(span: Span): Span {
  return { ...span, file: span.file.split(/[/\\]/).at(-1) ?? span.file };
}

function withFileNames(set: ConstraintSet): ConstraintSet {
  const named = <T extends { readonly span: Span }>(each: T): T => ({ ...each, span: fileName(each.span) });
  return {
    ...set,
    fields: set.fields.map(named),
    rules: set.rules.map(named),
    tables: set.tables.map((table) => ({ ...named(table), rows: table.rows.map(named) })),
  };
}

function testsOf(set: ConstraintSet, day: number): ArtifactBody['boundaryTests'] {
  const { tests, neverApplied, leftOut } = boundaryTests(set, day);
  return {
    tests: tests.map(({ values, day: on, expected, about }) => ({
      about: [...about],
      day: dateOfDay(on),
      input: writeInput(set, values),
      expected: {
        outcome: expected.outcome,
        applied: [...expected.applied],
        violated: [...expected.violated],
        route: [...expected.route],
        defaults: { ...expected.defaults },
      },
    })),
    neverApplied: neverApplied.map((index) => set.rules[index]?.id ?? ''),
    leftOut,
  };
}

/**
 * Makes the artifact of a set: the rules, what was proved of them, tests at their bounds, what a decision costs at most, which
 * waivers hold, and whether it may be published. The same source on the same day gives the same bytes (`writeArtifact`).
 */
export function compileArtifact({ set, analysis, targets = {}, day }: Compilation): ConstraintArtifact {
  const waivers = judgeWaivers(set.waivers, analysis.findings, day);
  const summaries: ArtifactBody['targets'] = Object.fromEntries(
    Object.entries(targets).map(([name, { fidelity, because, mediaType, digest }]) => [
      name,
      {
        fidelity,
        because: [...because],
        mediaType,
        ...(digest === undefined ? {} : { digest }),
      },
    ]),
  );
  const body: ArtifactBody = {
    schema: ARTIFACT_SCHEMA,
    language: 'countersign/constraints/1',
    compiler: COMPILER_VERSION,
    name: set.name,
    version: set.version,
    skill: set.skill,
    day: dateOfDay(day),
    sourceDigest: set.sourceDigest,
    model: withFileNames(set),
    analysis: {
      verdict: analysis.verdict,
      findings: analysis.findings.map((finding) =>
        writeFinding(set, { ...finding, spans: finding.spans.map(fileName) }),
      ),
      unknowns: analysis.unknowns.map((unknown) => writeUnknown(set, unknown)),
      truncated: [...analysis.truncated],
      coverage: { ...analysis.coverage },
      spent: { ...analysis.spent },
    },
    waivers,
    cost: { ...costBound(set) },
    targets: summaries,
    boundaryTests: testsOf(set, day),
    verdict: judge(analysis, waivers, summaries),
  };
  // What has no JSON form (members that are undefined) is not part of the document.
  const document = JSON.parse(canonicalJson(body)) as ArtifactBody;
  return { ...document, digest: digestOf(document) };
}

/** The bytes of an artifact: RFC 8785 canonical JSON and a line feed. */
export function writeArtifact(artifact: ConstraintArtifact): string {
  return `${canonicalJson(artifact)}\n`;
}
