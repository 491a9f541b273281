import { type Digest, digestOf } from '../../core/digest.ts';
import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import type { Instant } from '../../core/instant.ts';
import { currentConfiguration } from '../configuration/configuration-store.ts';
import { currentDirectory } from '../configuration/directory-store.ts';
import { promotedDigestOf, recordValidation, type ValidationSuite } from '../configuration/validation.ts';
import { engineVersions } from '../executions/engine-versions.ts';
import { currentReferences } from '../executions/references.ts';
import type { Runtime } from '../runtime.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { integrationSuite } from './integration-suite.ts';
import { exampleRequests, type NamedExample, type PastRequest } from './past-request.ts';
import type { ReferenceReader } from './reference-reader.ts';
import { type Recording, regressionBaseline } from './regression-baseline.ts';
import { simulationSuite } from './simulation-suite.ts';
import { hasPassed, type SuiteFindings, type SuiteReport } from './suite.ts';
import { unitSuite } from './unit-suite.ts';

/** Makes an empty system for one skill, to be thrown away. */
export type ScratchFactory = (options: {
  readonly skill: AnySkill;
  readonly configuration: unknown;
  readonly directory: LoadedDirectory;
  readonly instant: Instant;
}) => Promise<{ readonly runtime: Runtime; close(): Promise<void> }>;

/** What the suites run on. */
export interface SuiteRun {
  readonly skill: AnySkill;
  /** The configuration under test, as it is stored. */
  readonly configuration: unknown;
  readonly examples: readonly NamedExample[];
  readonly recordings: readonly Recording[];
  /** Requests of the past, besides those of the examples. */
  readonly requests: readonly PastRequest[];
  readonly scratch: ScratchFactory;
  /** Who runs them. */
  readonly by: string;
}

/** A suite's report, and the digest under which it is stored. */
export interface StoredSuiteReport extends SuiteReport {
  readonly report: Digest;
}

async function integration(
  run: SuiteRun,
  directory: LoadedDirectory,
  instant: Instant,
  references: ReferenceReader,
): Promise<SuiteFindings> {
  const { skill, configuration, examples } = run;
  const scratch = await run.scratch({ skill, configuration, directory, instant });
  try {
    return await integrationSuite(scratch.runtime, examples, references);
  } finally {
    await scratch.close();
  }
}

/** A suite that cannot even run has failed; it must not keep the others from being run. */
async function findings(suite: () => Promise<SuiteFindings>): Promise<SuiteFindings> {
  try {
    return await suite();
  } catch (error) {
    const message = error instanceof Error ? `${error.name}: ${error.message}` : 'an unknown error';
    return { cases: 0, failures: [{ case: '', message }], notes: [] };
  }
}

/**
 * Runs the four suites for one configuration with the engine of this process and the directory in force, and records what
 * each came to for exactly that promoted digest: a suite that fails writes a record that says so.
 * @throws NotFound when the skill was never seeded or no directory is in force.
 */
export async function runSuites(runtime: Runtime, run: SuiteRun): Promise<StoredSuiteReport[]> {
  const { skill, configuration, examples, by } = run;
  const directory = await currentDirectory(runtime);
  const instant = runtime.clock.now();
  const { digest: baselineDigest } = await currentConfiguration(runtime, skill.name);
  const baseline = await runtime.artifacts.get(baselineDigest);
  const references: ReferenceReader = (input) => currentReferences(runtime, skill, input);
  const requests = [...exampleRequests(examples, instant), ...run.requests];
  const suites: readonly (readonly [ValidationSuite, () => Promise<SuiteFindings>])[] = [
    ['unit', () => unitSuite({ skill, configuration, directory, examples, instant, references })],
    ['integration', () => integration(run, directory, instant, references)],
    [
      'simulation',
      () => simulationSuite({ skill, baseline, candidate: configuration, directory, requests, references }),
    ],
    ['regression-baseline', () => regressionBaseline(run.recordings, runtime.skills, skill.name)],
  ];
  const digest = digestOf(configuration);
  const promotedDigest = promotedDigestOf(skill, digest);
  const engine = engineVersions(skill);
  const reports: StoredSuiteReport[] = [];
  for (const [suite, work] of suites) {
    const found = await findings(work);
    const report: SuiteReport = {
      schema: 'countersign/suite-report/1',
      suite,
      promotedDigest,
      configuration: digest,
      directory: directory.digest,
      engine,
      passed: hasPassed(found),
      ...found,
    };
    const stored = await runtime.artifacts.put(report);
    await recordValidation(runtime, skill, promotedDigest, {
      suite,
      result: report.passed ? 'pass' : 'fail',
      at: runtime.clock.now(),
      by,
      checks: found.cases,
      notes: [...found.notes],
      report: stored,
    });
    reports.push({ ...report, report: stored });
  }
  return reports;
}
