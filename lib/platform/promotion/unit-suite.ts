import type { LoadedDirectory } from '../../core/directory/loaded.ts';
import { CountersignError, describeProblems } from '../../core/errors.ts';
import type { Instant } from '../../core/instant.ts';
import { attempt } from '../executions/attempt.ts';
import { handedOverIn, runSkill } from '../executions/run-skill.ts';
import type { AnySkill } from '../skill/define-skill.ts';
import { exampleProblem, refusalProblem } from './expectation.ts';
import type { NamedExample } from './past-request.ts';
import type { ReferenceReader } from './reference-reader.ts';
import type { SuiteFailure, SuiteFindings } from './suite.ts';

const messageOf = (error: unknown): string => {
  if (error instanceof CountersignError)
    return error.problems.length === 0 ? error.message : describeProblems(error.problems);
  return error instanceof Error ? error.message : 'an unknown error';
};

/**
 * The engine alone: the configuration loads with the directory (its linter finds no error), and every example's route has
 * the verdict, the levels and the people that the example expects.
 */
export async function unitSuite(ask: {
  readonly skill: AnySkill;
  readonly configuration: unknown;
  readonly directory: LoadedDirectory;
  readonly examples: readonly NamedExample[];
  readonly instant: Instant;
  readonly references: ReferenceReader;
}): Promise<SuiteFindings> {
  const { skill, configuration, directory, examples, instant, references: referencesOf } = ask;
  try {
    skill.loadConfiguration(configuration, directory);
  } catch (error) {
    return { cases: 1, failures: [{ case: '', message: messageOf(error) }], notes: [] };
  }
  const failures: SuiteFailure[] = [];
  for (const { name, example } of examples) {
    const requester = { personId: example.requester };
    try {
      const input = example.request.input;
      const references = await referencesOf(input);
      const handedOver = handedOverIn(example.request);
      const computed = await attempt(() =>
        runSkill(skill, { input, configuration, directory, requester, instant, references, ...handedOver }),
      );
      const problem = computed.ok ? exampleProblem(example, computed.value) : refusalProblem(example, computed.error);
      if (problem !== undefined) failures.push({ case: name, message: problem });
    } catch (error) {
      failures.push({ case: name, message: messageOf(error) });
    }
  }
  return { cases: 1 + examples.length, failures, notes: [] };
}
