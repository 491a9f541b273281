import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type EnvironmentOptions, openEnvironment, operator, skillOf } from '../../cli/environment.ts';
import { readDocument } from '../../cli/read-document.ts';
import { readRecordings } from '../../cli/recordings.ts';
import { NotFound } from '../../core/errors.ts';
import { type Instant, instant } from '../../core/instant.ts';
import { parseWith } from '../../core/zod-problems.ts';
import { currentConfiguration, findConfiguration } from '../../platform/configuration/configuration-store.ts';
import { requestEnvelope } from '../../platform/contracts/envelope.ts';
import { parseExample } from '../../platform/examples.ts';
import { type NamedExample, type PastRequest, pastRequestsOf } from '../../platform/promotion/past-request.ts';
import { runSuites, type StoredSuiteReport } from '../../platform/promotion/run-suites.ts';
import type { Runtime } from '../../platform/runtime.ts';
import type { AnySkill } from '../../platform/skill/define-skill.ts';
import { bundledExamples } from '../examples.ts';
import { scratchRuntime } from '../scratch-runtime.ts';

/** Options of `countersign validate`. */
export interface ValidateOptions extends EnvironmentOptions {
  /** A policy file; or `configuration`, a version that is stored; the baseline when neither is given. */
  readonly policy?: string;
  readonly configuration?: string;
  /** How many stored executions the simulation replays. */
  readonly last: string;
  /** A file of past requests, one JSON object a line, in addition. */
  readonly requests?: string;
  /** A folder of examples instead of the bundled ones: a change of what they show comes with examples that show it. */
  readonly examples?: string;
  /** Another folder of recordings than the repository's. */
  readonly recordings?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** A line of a file of past requests. */
const requestLine = z.strictObject({
  requester: z.string().min(1),
  instant: z.iso.datetime(),
  request: requestEnvelope,
});

function requestsIn(file: string): PastRequest[] {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const read = parseWith(requestLine, JSON.parse(line), `Line ${index + 1} of ${file}`);
    return {
      id: `${file}:${index + 1}`,
      input: read.request.input,
      requester: { personId: read.requester },
      instant: instant(read.instant),
    };
  });
}

/** @param now what relative times in them count from. */
function examplesIn(folder: string, now: Instant): NamedExample[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: file.slice(0, -'.json'.length),
      example: parseExample(readDocument(join(folder, file)), file, now),
    }));
}

async function configurationOf(runtime: Runtime, skill: AnySkill, options: ValidateOptions): Promise<unknown> {
  const { policy, configuration: version } = options;
  if (policy !== undefined) return readDocument(policy);
  if (version === undefined) return runtime.artifacts.get((await currentConfiguration(runtime, skill.name)).digest);
  const found = await findConfiguration(runtime, skill.name, version);
  if (found === undefined) throw new NotFound(`There is no configuration version ${version} of ${skill.name}.`);
  return runtime.artifacts.get(found.digest);
}

/** A suite's result as a person reads it. */
export function suiteLines({ suite, passed, cases, failures, notes }: StoredSuiteReport): string[] {
  const head = `${passed ? '✓' : '✗'} ${suite}: ${cases - failures.length} of ${cases}`;
  return [
    head,
    ...failures.map((failure) => `    ${failure.case === '' ? '' : `${failure.case}: `}${failure.message}`),
    ...notes.map((note) => `    note: ${note}`),
  ];
}

/** Runs the four suites for a configuration on what an environment holds, with the bundled examples unless others are given. */
export async function validateConfiguration(
  runtime: Runtime,
  skill: AnySkill,
  configuration: unknown,
  extra: {
    readonly requests: readonly PastRequest[];
    readonly examples?: readonly NamedExample[];
    readonly recordings?: string;
    readonly by: string;
  },
): Promise<StoredSuiteReport[]> {
  return runSuites(runtime, {
    skill,
    configuration,
    examples: extra.examples ?? bundledExamples([skill], runtime.clock.now()),
    recordings: readRecordings(extra.recordings),
    requests: extra.requests,
    scratch: scratchRuntime,
    by: extra.by,
  });
}

/** `countersign validate`: the four suites for one configuration, each on record; exit 1 when one fails. */
export async function validate(named: string, options: ValidateOptions): Promise<void> {
  const { runtime } = await openEnvironment(options);
  const skill = skillOf(runtime.skills, named);
  const configuration = await configurationOf(runtime, skill, options);
  const requests = [
    ...(await pastRequestsOf(runtime, skill, Number(options.last))),
    ...(options.requests === undefined ? [] : requestsIn(options.requests)),
  ];
  const { examples, recordings } = options;
  const reports = await validateConfiguration(runtime, skill, configuration, {
    requests,
    by: operator(options.by),
    ...(examples === undefined ? {} : { examples: examplesIn(examples, runtime.clock.now()) }),
    ...(recordings === undefined ? {} : { recordings }),
  });
  const passed = reports.every((report) => report.passed);
  if (options.json === true) console.log(JSON.stringify({ skill: skill.name, passed, suites: reports }));
  else {
    console.log(`${skill.title}: ${reports[0]?.promotedDigest ?? ''}\n`);
    console.log(reports.flatMap(suiteLines).join('\n'));
    console.log(passed ? '\nAll four suites passed, and their records are kept.' : '\nIt is not fit to be promoted.');
  }
  if (!passed) process.exitCode = 1;
}
