import { holds } from '../evaluate/holds.ts';
import { writeValue } from '../written-values.ts';
import { Confirmation } from './check.ts';
import type { Days } from './conflicts.ts';
import { longestRun, slicesOf, wholeTime } from './days.ts';
import { type Draft, named } from './draft.ts';
import { confirmCovered } from './evidence.ts';
import { answerAll, type Inquiry, noteUnknown } from './inquiry.ts';
import { type Owned, poolOf } from './pool.ts';
import { both, type Extent, inForce, type World } from './prepare.ts';
import type { Answer, Question } from './question.ts';
import { extentOf, meeting, type Pools, unreachableValues } from './rule-questions.ts';

type Free = Extract<Answer, { is: 'free' }>;

/** Something that is found when some input shows it, on some days. */
interface Sought {
  readonly question: Question;
  readonly positions: readonly number[];
  readonly report: (free: Free) => Omit<Draft, 'days' | 'by' | 'positions' | 'witness'>;
}

function onDays(world: World, region: Extent, [first, last]: Days): Extent {
  const formula = inForce(world.day, { from: first, until: last + 1 });
  return meeting(world, region, extentOf(world, formula));
}

/** Reports each thing that some input shows, for the longest time in which one does. */
async function reportShown(inquiry: Inquiry, sought: readonly Sought[], cap: number): Promise<void> {
  const { world } = inquiry;
  const answers = await answerAll(
    inquiry,
    sought.map(({ question }) => question),
  );
  let listed = 0;
  for (const [at, { question, positions, report }] of sought.entries()) {
    const answer = answers[at] as Answer;
    if (answer.is === 'unknown') noteUnknown(inquiry, question, answer);
    if (answer.is !== 'free') continue;
    listed += 1;
    if (listed > cap) {
      inquiry.truncated.add(question.code);
      return;
    }
    const slices = slicesOf(world, [...positions, ...question.pool.items.map(({ owner }) => owner)]);
    const bySlice = new Map<Days, Free>();
    if (slices.length > 1)
      for (const days of slices) {
        const [sliced] = await answerAll(inquiry, [{ ...question, region: onDays(world, question.region, days) }]);
        if (sliced?.is === 'free') bySlice.set(days, sliced);
      }
    const run = slices.length > 1 ? longestRun(world, slices, (days) => bySlice.get(days)) : undefined;
    const shown = run?.shown ?? answer;
    inquiry.drafts.push({
      ...report(shown),
      by: shown.by,
      positions,
      days: run?.days ?? wholeTime(world),
      witness: shown.values,
    });
  }
}

function exclusiveRoutes({ world, judge }: Inquiry, { nothing, labels }: Pools): Sought[] {
  const seen = new Set<string>();
  return world.set.exclusiveRoutes.flatMap(([one, other]) =>
    (labels.get(one)?.items ?? []).flatMap((first) =>
      (labels.get(other)?.items ?? []).flatMap((second): Sought[] => {
        const positions = [...new Set([first.owner, second.owner])].sort((a, b) => a - b);
        const key = positions.join();
        if (seen.has(key)) return [];
        const region = meeting(world, first.extent, second.extent);
        if (region.boxes?.length === 0) return [];
        seen.add(key);
        return [
          {
            question: { code: 'exclusive-routes', about: positions, region, pool: nothing },
            positions,
            report: ({ values }) => {
              const confirmation = new Confirmation();
              for (const position of positions) {
                const rule = world.rules[position];
                confirmation.confirm(
                  `"${rule?.rule.id ?? ''}" applies to the witness.`,
                  judge.applies(rule?.index ?? position, values, values[world.day] ?? 0),
                );
              }
              return {
                code: 'exclusive-routes',
                message: `${named(world, positions)} can put "${one}" and "${other}" on one route, which exclude each other.`,
                mend: 'Narrow when one of them applies, or let one override the other.',
                confirmation,
              };
            },
          },
        ];
      }),
    ),
  );
}

function tableExtents(world: World): Map<string, { rows: Owned[]; scope: Extent }> {
  const byIndex = new Map(world.rules.map((rule) => [rule.index, rule]));
  return new Map(
    world.set.tables.map((table) => [
      table.id,
      {
        scope: extentOf(world, table.scope),
        rows: table.rows.map(({ cells, rule }) => {
          const prepared = byIndex.get(rule);
          const period = inForce(world.day, prepared?.rule.inForce ?? {});
          return { owner: prepared?.position ?? -1, extent: extentOf(world, both(cells, period)) };
        }),
      },
    ]),
  );
}

function gaps({ world, judge }: Inquiry): Sought[] {
  const extents = tableExtents(world);
  return world.set.tables.flatMap((table): Sought[] => {
    const own = extents.get(table.id);
    if (!table.complete || own === undefined) return [];
    return [
      {
        question: { code: 'table-gap', about: [], region: own.scope, pool: poolOf(world, own.rows) },
        positions: [],
        report: ({ values }) => {
          const confirmation = new Confirmation();
          confirmation.confirm('The witness is within the scope of the table.', holds(table.scope, values));
          confirmation.confirm(
            'No row of the table meets the witness.',
            !table.rows.some(({ rule }) => judge.isCandidate(rule, values, values[world.day] ?? 0)),
          );
          return {
            code: 'table-gap',
            table,
            message: `No row of the table "${table.id}" meets the witness, though the table must be complete.`,
            mend: 'Add a row for such inputs, or narrow the scope of the table.',
            confirmation,
          };
        },
      },
    ];
  });
}

function overlaps({ world, judge }: Inquiry, { nothing }: Pools): Sought[] {
  const extents = tableExtents(world);
  const resultOf = (position: number): string => JSON.stringify(world.rules[position]?.rule.effect);
  return world.set.tables.flatMap((table) => {
    const own = extents.get(table.id);
    if (own === undefined || (table.hitPolicy !== 'unique' && table.hitPolicy !== 'any')) return [];
    const rows = own.rows.toSorted((a, b) => a.owner - b.owner);
    return rows.flatMap((first, at) =>
      rows.slice(at + 1).flatMap((second): Sought[] => {
        if (table.hitPolicy === 'any' && resultOf(first.owner) === resultOf(second.owner)) return [];
        const pair = meeting(world, first.extent, second.extent);
        if (pair.boxes?.length === 0) return [];
        const region = meeting(world, pair, own.scope);
        const positions = [first.owner, second.owner];
        return [
          {
            question: { code: 'table-overlap', about: positions, region, pool: nothing },
            positions,
            report: ({ values }) => {
              const confirmation = new Confirmation();
              for (const position of positions) {
                const rule = world.rules[position];
                confirmation.confirm(
                  `"${rule?.rule.id ?? ''}" meets the witness.`,
                  judge.isCandidate(rule?.index ?? position, values, values[world.day] ?? 0),
                );
              }
              const why = table.hitPolicy === 'unique' ? 'may be met by one row only' : 'must have one result';
              return {
                code: 'table-overlap',
                table,
                message: `${named(world, positions)} both meet the witness, which ${why}.`,
                mend: 'Narrow one of the rows.',
                confirmation,
              };
            },
          },
        ];
      }),
    );
  });
}

async function reportUnreachable(inquiry: Inquiry, pools: Pools): Promise<void> {
  const { world } = inquiry;
  const questions = unreachableValues(world, pools);
  const answers = await answerAll(inquiry, questions);
  for (const [at, question] of questions.entries()) {
    const answer = answers[at] as Answer;
    if (answer.is === 'unknown') noteUnknown(inquiry, question, answer);
    if (answer.is !== 'covered') continue;
    const field = world.set.fields[question.field];
    if (field === undefined) continue;
    const type = field.type;
    const written = type.kind === 'set' ? (type.values[question.value] ?? '') : writeValue(type, question.value);
    const why =
      answer.owners.length === 0 ? 'a default replaces it' : `${named(world, answer.owners)} deny each such input`;
    const confirmation = new Confirmation();
    confirmCovered(inquiry, confirmation, {
      question,
      owners: answer.owners,
      isMeant: (values) => holds(question.region.formula, values),
      isHeld: (owner, values, day) => inquiry.judge.isBroken(world.rules[owner]?.index ?? owner, values, day),
    });
    inquiry.drafts.push({
      code: 'unreachable-value',
      positions: answer.owners,
      by: answer.by,
      days: wholeTime(world),
      pointer: `/fields/${field.path}/${written}`,
      message: `No permitted input has "${written}" as ${field.path}: ${why}.`,
      mend: 'Remove the value from the field, or let some rule allow it.',
      confirmation,
    });
  }
}

/** Finds what some input shows (exclusive routes, gaps and overlaps of tables), and values that no permitted input has. */
export async function reportInputs(inquiry: Inquiry, pools: Pools): Promise<void> {
  const cap = inquiry.budget.minimalSets;
  await reportShown(inquiry, exclusiveRoutes(inquiry, pools), cap);
  await reportShown(inquiry, gaps(inquiry), cap);
  await reportShown(inquiry, overlaps(inquiry, pools), cap);
  await reportUnreachable(inquiry, pools);
}
