import { type CountersignError, describeProblems } from '../../core/errors.ts';
import type { Example } from '../examples.ts';
import type { SkillResult } from '../skill/skill-result.ts';

/** The verdict that an example's outcome, decisions and handoff presuppose: what is handed over has passed, whatever becomes of it. */
export function expectedVerdict({ expected, handoff }: Pick<Example, 'expected' | 'handoff'>): SkillResult['verdict'] {
  if (expected.levels > 0) return 'approve';
  if (handoff.length > 0) return 'publish';
  return expected.outcome === 'published' ? 'publish' : 'block';
}

/**
 * Whether a result is the one that an example expects: verdict, number of levels, and a seat for everybody who decides.
 * @returns what differs, in one sentence, or `undefined`.
 */
export function exampleProblem(
  example: Example,
  { verdict, plan }: Pick<SkillResult, 'verdict' | 'plan'>,
): string | undefined {
  const wanted = expectedVerdict(example);
  if (verdict !== wanted) return `The verdict is ${verdict}, not ${wanted}.`;
  const levels = plan?.stages.flatMap((stage) => stage.levels) ?? [];
  if (levels.length !== example.expected.levels)
    return `The plan has ${levels.length} level(s), not ${example.expected.levels}.`;
  const asked = new Set(
    levels
      .flatMap(({ seats, escalation }) => [...seats, ...escalation.flatMap((step) => step.seats)])
      .map(({ approver }) => approver),
  );
  const missing = example.decisions.find(({ approver }) => !asked.has(approver));
  return missing === undefined ? undefined : `${missing.approver} is to decide, and the plan does not ask them.`;
}

/**
 * Whether an engine that refuses an input does what the example expects: such an execution is blocked by a gate, and asks nobody.
 * @returns what differs, in one sentence, or `undefined`.
 */
export function refusalProblem(example: Example, { problems, message }: CountersignError): string | undefined {
  if (expectedVerdict(example) === 'block') return undefined;
  return problems.length === 0 ? message : describeProblems(problems);
}
