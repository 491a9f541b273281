import type { ApprovalPlan } from '../../core/approval/plan.ts';
import { InvalidInput, type Problem } from '../../core/errors.ts';
import { pointer } from '../../core/json.ts';

/** So many seats of one stage, each with a decision and a long comment, stay well below the size of a table item. */
const MOST_SEATS = 40;

/**
 * What keeps the desk from carrying out a plan, with pointers into it: a stage that one item could not hold,
 * seats that could not be told apart, a level that could never reach its quorum. Empty when nothing does.
 */
export function planProblems(plan: ApprovalPlan): readonly Problem[] {
  return plan.stages.flatMap((stage, s) => {
    const seats = stage.levels.reduce(
      (sum, level) => sum + level.seats.length + level.escalation.reduce((more, step) => more + step.seats.length, 0),
      0,
    );
    const tooLarge: Problem[] =
      seats <= MOST_SEATS
        ? []
        : [
            {
              pointer: pointer('/stages', s),
              code: 'too-many-seats',
              message: `Stage ${stage.stage} has ${seats} seats, escalation included; ${MOST_SEATS} are the most.`,
              mend: 'Ask fewer people at a time, or in stages one after the other.',
            },
          ];
    const levels = stage.levels.flatMap((level, l): Problem[] => [
      ...(level.required <= level.seats.length
        ? []
        : [
            {
              pointer: pointer('/stages', s, 'levels', l, 'required'),
              code: 'quorum-out-of-reach',
              message: `The level "${level.name}" requires ${level.required} approvals and has ${level.seats.length} seat(s).`,
              mend: 'Require fewer approvals, or give the level more seats.',
            },
          ]),
    ]);
    const seatIds = stage.levels.flatMap((level) =>
      [...level.seats, ...level.escalation.flatMap((step) => step.seats)].map((seat) => seat.seatId),
    );
    const repeated = [...new Set(seatIds.filter((id, index) => seatIds.indexOf(id) !== index))].map(
      (id): Problem => ({
        pointer: pointer('/stages', s),
        code: 'repeated-seat',
        message: `Stage ${stage.stage} has more than one seat "${id}".`,
        mend: 'Number the seats of a level through, those of its escalation included.',
      }),
    );
    return [...tooLarge, ...repeated, ...levels];
  });
}

/** @throws InvalidInput with every problem when the desk cannot carry out the plan. */
export function requireFeasiblePlan(plan: ApprovalPlan): void {
  const problems = planProblems(plan);
  if (problems.length === 0) return;
  const message = `The approval desk cannot carry out this plan: ${problems.length} problem(s).`;
  throw new InvalidInput(message, problems);
}
