import type { ProjectProblem } from '../../../lib/engines/scheduling/project/problem.ts';
import { type Random, randomFrom } from '../../../lib/engines/scheduling/random.ts';

/** What shapes an instance. Source: R. Kolisch, A. Sprecher, A. Drexl, Management Science 41 (1995), "ProGen". */
export interface Shape {
  readonly activities: number;
  readonly resources: number;
  /** Arcs per activity that do not follow from others, with those from the beginning and to the end, in hundredths. */
  readonly complexity: number;
  /** Share of the resources that an activity uses, in hundredths. */
  readonly factor: number;
  /** Where capacities lie between the largest single demand (0) and the peak of the earliest schedule (100). */
  readonly strength: number;
}

/** An instance with the name of its cell and number. */
export interface Instance {
  readonly name: string;
  readonly shape: Shape;
  readonly problem: ProjectProblem;
}

/** Activities that begin without and end without others; predecessors and successors that an activity has at most. */
const MOST = 3;

const COMPLEXITIES = [150, 180, 210];
const FACTORS = [25, 50, 75, 100];
const STRENGTHS = [20, 50, 70, 100];

/** A precedence network without arcs that follow from others. */
class Net {
  readonly size: number;
  readonly before: number[][];
  readonly after: number[][];
  /** `reach[i]` has j when j comes after i, directly or not. */
  readonly #reach: Set<number>[];

  constructor(size: number) {
    this.size = size;
    this.before = Array.from({ length: size }, () => []);
    this.after = Array.from({ length: size }, () => []);
    this.#reach = Array.from({ length: size }, () => new Set());
  }

  get arcs(): number {
    return this.after.reduce((sum, list) => sum + list.length, 0);
  }

  /** Whether the arc says something that no other does, and leaves each other arc something to say. */
  mayJoin(i: number, j: number): boolean {
    if (i >= j || this.#reach[i]!.has(j)) return false;
    if (this.after[i]!.length >= MOST || this.before[j]!.length >= MOST) return false;
    const above = (k: number): boolean => k === i || this.#reach[k]!.has(i);
    const below = (k: number): boolean => k === j || this.#reach[j]!.has(k);
    return this.after.every((list, k) => !above(k) || list.every((l) => !below(l)));
  }

  join(i: number, j: number): void {
    this.after[i]!.push(j);
    this.before[j]!.push(i);
    for (let k = 0; k < this.size; k++)
      if (k === i || this.#reach[k]!.has(i)) for (const l of [j, ...this.#reach[j]!]) this.#reach[k]!.add(l);
  }
}

function pick<T>(items: readonly T[], random: Random): T | undefined {
  return items[random.below(items.length)];
}

/** Joins activities as ProGen does: one predecessor each, then one successor each, then arcs until there are enough. */
function attempt({ activities, complexity }: Shape, random: Random): number[][] | undefined {
  const net = new Net(activities);
  const numbers = [...net.before.keys()];
  for (const j of numbers.slice(MOST)) {
    const earlier = pick(
      numbers.slice(0, Math.min(j, activities - MOST)).filter((i) => net.mayJoin(i, j)),
      random,
    );
    if (earlier === undefined) return undefined;
    net.join(earlier, j);
  }
  for (const i of numbers.slice(0, activities - MOST).toReversed()) {
    if (net.after[i]!.length > 0) continue;
    const later = pick(
      numbers.slice(Math.max(i + 1, MOST)).filter((j) => net.mayJoin(i, j)),
      random,
    );
    if (later === undefined) return undefined;
    net.join(i, later);
  }
  // The beginning and the end of the project count as activities, and as arcs to the first three and from the last three.
  const wanted = Math.round((complexity * (activities + 2)) / 100) - 2 * MOST;
  while (net.arcs < wanted) {
    const open = numbers.flatMap((i) =>
      numbers.filter((j) => i < activities - MOST && j >= MOST && net.mayJoin(i, j)).map((j) => [i, j] as const),
    );
    const arc = pick(open, random);
    if (arc === undefined) return undefined;
    net.join(...arc);
  }
  return net.arcs === wanted ? net.before : undefined;
}

function networkOf(shape: Shape, random: Random): number[][] {
  for (let tries = 0; tries < 1_000; tries++) {
    const network = attempt(shape, random);
    if (network !== undefined) return network;
  }
  throw new Error(`No network of ${shape.activities} activities has ${shape.complexity} arcs per hundred.`);
}

/** Demands so that the wanted share of pairs of activity and resource is used, and each activity uses something. */
function demandsOf({ activities, resources, factor }: Shape, random: Random): number[][] {
  const uses = Array.from({ length: activities }, () => Array.from({ length: resources }, () => 0));
  const draw = (): number => 1 + random.below(10);
  for (const row of uses) row[random.below(resources)] = draw();
  const open = uses.flatMap((row, i) => row.flatMap((use, r) => (use === 0 ? [[i, r] as const] : [])));
  const more = Math.round((factor * activities * resources) / 100) - activities;
  for (let count = 0; count < more; count++) {
    const [[i, r]] = open.splice(random.below(open.length), 1) as [readonly [number, number]];
    uses[i]![r] = draw();
  }
  return uses;
}

/** The most that is used at once when everything begins as early as predecessors allow. */
function peaksOf(before: readonly number[][], durations: readonly number[], uses: readonly number[][]): number[] {
  const start: number[] = [];
  before.forEach((list, j) => {
    start[j] = Math.max(0, ...list.map((i) => start[i]! + durations[i]!));
  });
  return uses[0]!.map((_, r) =>
    Math.max(
      ...start.map((instant) =>
        uses.reduce(
          (sum, row, i) => (start[i]! <= instant && instant < start[i]! + durations[i]! ? sum + row[r]! : sum),
          0,
        ),
      ),
    ),
  );
}

/** One instance: durations and demands from 1 to 10, everything by a number that looks random. */
export function generateProject(shape: Shape, seed: number): ProjectProblem {
  const random = randomFrom(seed);
  const before = networkOf(shape, random);
  const durations = before.map(() => 1 + random.below(10));
  const uses = demandsOf(shape, random);
  const least = uses[0]!.map((_, r) => Math.max(...uses.map((row) => row[r]!)));
  const peaks = peaksOf(before, durations, uses);
  const id = (i: number): string => `a${String(i + 1).padStart(3, '0')}`;
  return {
    schema: 'countersign/project/1',
    resources: least.map((low, r) => ({
      id: `r${r + 1}`,
      capacity: low + Math.round((shape.strength * (peaks[r]! - low)) / 100),
    })),
    activities: before.map((list, j) => ({
      id: id(j),
      duration: durations[j]!,
      uses: Object.fromEntries(uses[j]!.flatMap((use, r) => (use > 0 ? [[`r${r + 1}`, use]] : []))),
      after: list.toSorted((a, b) => a - b).map(id),
    })),
  };
}

/** The benchmark: one instance for each cell of the published parameters, 48 of them. */
export function projectInstances(activities: number, number = 1): Instance[] {
  return COMPLEXITIES.flatMap((complexity) =>
    FACTORS.flatMap((factor) =>
      STRENGTHS.map((strength) => {
        const shape = { activities, resources: 4, complexity, factor, strength };
        const seed = ((activities * 1_000 + complexity) * 1_000 + factor) * 1_000 + strength + number * 7;
        const name = `${activities}-nc${complexity}-rf${factor}-rs${strength}-${number}`;
        return { name, shape, problem: generateProject(shape, seed % 2_147_483_647) };
      }),
    ),
  );
}
