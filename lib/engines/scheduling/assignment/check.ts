import type { Problem } from '../../../core/errors.ts';
import { pointer } from '../../../core/json.ts';
import type { AssignmentProblem } from './problem.ts';
import type { AssignmentAnswer, AssignmentCertificate } from './solve.ts';

/** A certificate whose knapsacks have more steps than this is not looked at. */
const STEPS = 10_000;

const untrue = (at: string, message: string): Problem => ({
  pointer: at,
  code: 'untrue',
  message,
  mend: 'Solve the problem again, or find out who changed the answer.',
});

/** What the answer's assignment costs; every job that nobody has, and every agent that is overloaded, is a problem. */
function costOf(
  { agents, jobs, cost, load }: AssignmentProblem,
  agentOf: Readonly<Record<string, string>>,
  problems: Problem[],
): bigint {
  const indexOf = new Map(agents.map(({ id }, index) => [id, index]));
  const loads = agents.map(() => 0n);
  let sum = 0n;
  for (const [job, { id }] of jobs.entries()) {
    const agent = Object.hasOwn(agentOf, id) ? indexOf.get(agentOf[id] ?? '') : undefined;
    if (agent === undefined) {
      problems.push(untrue(pointer('/solution/agentOf', id), `The job "${id}" goes to no agent of the problem.`));
      continue;
    }
    sum += BigInt(cost[agent]?.[job] ?? 0);
    loads[agent] = (loads[agent] ?? 0n) + BigInt(load[agent]?.[job] ?? 0);
  }
  const known = new Set(jobs.map(({ id }) => id));
  for (const id of Object.keys(agentOf))
    if (!known.has(id)) problems.push(untrue(pointer('/solution/agentOf', id), `There is no job "${id}".`));
  for (const [agent, { id, capacity }] of agents.entries())
    if ((loads[agent] ?? 0n) > BigInt(capacity))
      problems.push(
        untrue('/solution/agentOf', `The agent "${id}" has a load of ${loads[agent]} and a capacity of ${capacity}.`),
      );
  return sum;
}

/** The least that one agent's jobs can cost once they have paid their prices, by the loads at which something changes. */
function leastOf(
  agent: number,
  { agents, jobs, cost, load }: AssignmentProblem,
  certificate: AssignmentCertificate,
): bigint {
  const { scale, grain, multipliers } = certificate;
  const capacity = agents[agent]?.capacity ?? 0;
  const room = Math.floor(capacity / grain);
  // Least sums by load; a load that nothing reaches is absent.
  const least: (bigint | undefined)[] = Array.from({ length: room + 1 });
  least[0] = 0n;
  for (const [job, { id }] of jobs.entries()) {
    const weight = load[agent]?.[job] ?? 0;
    const pays = BigInt(cost[agent]?.[job] ?? 0) * BigInt(scale) - BigInt(multipliers[id] ?? 0);
    if (weight > capacity || pays >= 0n) continue;
    const steps = Math.floor(weight / grain);
    for (let at = room - steps; at >= 0; at -= 1) {
      const before = least[at];
      if (before === undefined) continue;
      const after = least[at + steps];
      if (after === undefined || before + pays < after) least[at + steps] = before + pays;
    }
  }
  return least.reduce<bigint>((lowest, value) => (value !== undefined && value < lowest ? value : lowest), 0n);
}

const isCount = (value: number, most: number): boolean => Number.isSafeInteger(value) && value >= 1 && value <= most;

/** The bound that a certificate proves, computed from its prices alone. @returns problems where it proves none */
function boundOf(problem: AssignmentProblem, certificate: AssignmentCertificate): bigint | Problem[] {
  const { scale, grain, multipliers } = certificate;
  const wrong: Problem[] = [];
  const largest = Math.max(...problem.agents.map(({ capacity }) => capacity));
  if (!isCount(scale, Number.MAX_SAFE_INTEGER)) wrong.push(untrue('/certificate/scale', 'The scale is no count.'));
  if (!isCount(grain, Number.MAX_SAFE_INTEGER)) wrong.push(untrue('/certificate/grain', 'The grain is no count.'));
  else if (largest / grain > STEPS)
    wrong.push(untrue('/certificate/grain', `Capacities of more than ${STEPS} grains are not looked at.`));
  for (const { id } of problem.jobs)
    if (!Object.hasOwn(multipliers, id) || !Number.isSafeInteger(multipliers[id]))
      wrong.push(untrue(pointer('/certificate/multipliers', id), `The job "${id}" has no whole price.`));
  if (wrong.length > 0) return wrong;
  let value = 0n;
  for (const { id } of problem.jobs) value += BigInt(multipliers[id] ?? 0);
  for (const agent of problem.agents.keys()) value += leastOf(agent, problem, certificate);
  // Costs are whole: what is proved is rounded up.
  const size = BigInt(scale);
  const down = value / size;
  return down * size < value ? down + 1n : down;
}

/**
 * Holds an answer against its problem by computing everything again, in whole numbers without limit and without anything of what found it: that each
 * job has one agent within its capacity, the cost, the bound from the certificate's prices, the gap and the standing.
 * An answer without a solution claims nothing.
 * @returns what is not as the answer says, with pointers into the answer; empty where all is true
 */
export function checkAssignment(problem: AssignmentProblem, answer: AssignmentAnswer): Problem[] {
  const { solution, certificate, objective, bound, gapBasisPoints, standing } = answer;
  if (solution === undefined)
    return standing === 'refused' && objective === undefined && bound === undefined
      ? []
      : [untrue('/solution', 'There is a claim about a solution, and no solution.')];
  const problems: Problem[] = [];
  const cost = costOf(problem, solution.agentOf, problems);
  if (objective === undefined || !Number.isSafeInteger(objective) || BigInt(objective) !== cost)
    problems.push(untrue('/objective', `The assignment costs ${cost}, and not ${objective}.`));
  if (certificate === undefined || bound === undefined)
    return [...problems, untrue('/certificate', 'There is a solution without a bound and its certificate.')];
  const proved = boundOf(problem, certificate);
  if (typeof proved !== 'bigint') return [...problems, ...proved];
  for (const [at, claimed] of [
    ['/bound', bound],
    ['/certificate/bound', certificate.bound],
  ] as const)
    if (!Number.isSafeInteger(claimed) || BigInt(claimed) !== proved)
      problems.push(untrue(at, `The prices prove a bound of ${proved}, and not ${claimed}.`));
  if (standing !== (cost <= proved ? 'optimal' : 'gap'))
    problems.push(untrue('/standing', `A cost of ${cost} beside a bound of ${proved} is not "${standing}".`));
  const size = cost < 0n ? -cost : cost;
  const gap =
    cost <= proved
      ? 0n
      : size === 0n
        ? BigInt(Number.MAX_SAFE_INTEGER)
        : ((cost - proved) * 10_000n + size - 1n) / size;
  if (gapBasisPoints === undefined || !Number.isSafeInteger(gapBasisPoints) || BigInt(gapBasisPoints) !== gap)
    problems.push(untrue('/gapBasisPoints', `The gap is ${gap} basis points, and not ${gapBasisPoints}.`));
  return problems;
}
