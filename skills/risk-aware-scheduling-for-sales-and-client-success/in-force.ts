import { byText } from '../../lib/core/directory/loaded.ts';
import type { Instant } from '../../lib/core/instant.ts';
import type { PlanRequest } from '../../lib/engines/scheduling/plan/request-shape.ts';
import type { HandoffPacket } from '../../lib/platform/contracts/outputs.ts';
import type { TraceEntry } from '../../lib/platform/skill/skill-result.ts';
import { type PlannedSlot, planInForce } from './plan-in-force.ts';

/** Something that a request says of the plan in force, and that plan does not; or the other way round. */
export interface Difference {
  readonly touch: string;
  readonly code: 'slot-elsewhere' | 'slot-not-planned' | 'slot-left-out' | 'promise-left-out' | 'promise-stated';
  readonly message: string;
  readonly mend: string;
}

/** What is known of the plan in force that a request states. */
export type InForce =
  /** The request states none. */
  | { readonly kind: 'none' }
  /** No packet of a published execution of this team vouches for it, or the packet does not say what was planned. */
  | { readonly kind: 'unlinked'; readonly message: string }
  /** Held against the plan of the execution whose packet came along, slot by slot. */
  | {
      readonly kind: 'compared';
      readonly executionId: string;
      readonly slots: number;
      readonly differences: readonly Difference[];
    };

const where = ({ rep, start }: PlannedSlot): string => `with ${rep} at ${start}`;
const TAKE = 'Take the slots from "next" of the handoff packet as they are.';

function statedProblem(stated: PlannedSlot, planned: PlannedSlot | undefined): Omit<Difference, 'touch'> | undefined {
  const { touch } = stated;
  if (planned === undefined)
    return {
      code: 'slot-not-planned',
      message: `The request says that "${touch}" is ${where(stated)}; the plan in force has no slot for it.`,
      mend: `${TAKE} A touch that waited, or is new, has no slot.`,
    };
  if (planned.rep !== stated.rep || Date.parse(planned.start) !== Date.parse(stated.start))
    return {
      code: 'slot-elsewhere',
      message: `The request says that "${touch}" is ${where(stated)}; the plan in force has it ${where(planned)}.`,
      mend: TAKE,
    };
  if (planned.promised && !stated.promised)
    return {
      code: 'promise-left-out',
      message: `The slot of "${touch}" was promised when the plan in force was made; the request does not say so.`,
      mend: 'Mark it as promised, or say in the justification who released the promise.',
    };
  if (stated.promised && !planned.promised)
    return {
      code: 'promise-stated',
      message: `The request says that the slot of "${touch}" has been promised since; nothing else does.`,
      mend: 'Nothing is wrong if the customer was told this time; whoever decides can ask for the message.',
    };
  return undefined;
}

/** A slot that is gone is looked for only where it is still to come: what has passed protects nothing. */
function leftOut(planned: PlannedSlot, isAsked: boolean): Difference {
  const why = isAsked ? 'the request leaves it out' : 'the request no longer asks for the touch';
  return {
    touch: planned.touch,
    code: 'slot-left-out',
    message: `The plan in force has "${planned.touch}" ${where(planned)}${planned.promised ? ', which was promised' : ''}; ${why}.`,
    mend: isAsked ? TAKE : 'Ask for the touch, or say in the justification why it is not needed any more.',
  };
}

/** Holds the slots of a request against those that were planned; by touch. */
export function compareSlots(
  request: PlanRequest,
  planned: readonly PlannedSlot[],
  instant: Instant,
): readonly Difference[] {
  const stated = request.previous?.slots ?? [];
  const plannedOf = new Map(planned.map((each) => [each.touch, each]));
  const named = new Set(stated.map(({ touch }) => touch));
  const asked = new Set(request.touches.map(({ id }) => id));
  const done = new Set(request.actuals.filter(({ status }) => status === 'done').map(({ touch }) => touch));
  const gone = planned.filter(
    ({ touch, start }) => !named.has(touch) && !done.has(touch) && Date.parse(start) >= Date.parse(instant),
  );
  return [
    ...stated.flatMap((each): Difference[] => {
      const problem = statedProblem(each, plannedOf.get(each.touch));
      return problem === undefined ? [] : [{ touch: each.touch, ...problem }];
    }),
    ...gone.map((each) => leftOut(each, asked.has(each.touch))),
  ].sort((a, b) => byText(a.touch, b.touch));
}

/** Whether a packet is one of a published plan of this team; the plan of another team vouches for nothing. */
export function isOfTeam(packet: HandoffPacket | undefined, skill: string, team: string): packet is HandoffPacket {
  return packet?.skill === skill && packet.accountId === team;
}

/**
 * What is known of the plan in force that a request states: the platform has checked that the packet is one of ours and unchanged, so
 * what it says was planned is what was published.
 */
export function inForceOf(
  { handedOver, team, instant }: { handedOver?: HandoffPacket | undefined; team: string; instant: Instant },
  request: PlanRequest,
  skill: string,
): InForce {
  if (request.previous === undefined) return { kind: 'none' };
  if (!isOfTeam(handedOver, skill, team))
    return {
      kind: 'unlinked',
      message:
        'The plan in force is stated by the requester alone: no published execution of this team vouches for it.',
    };
  const next = planInForce.safeParse(handedOver.next);
  if (!next.success)
    return {
      kind: 'unlinked',
      message: `The plan in force is stated by the requester alone: the packet of ${handedOver.executionId} does not say what was planned.`,
    };
  const { slots } = next.data;
  const differences = compareSlots(request, slots, instant);
  return { kind: 'compared', executionId: handedOver.executionId, slots: slots.length, differences };
}

/** The comparison for the record: each difference by its touch, or that there is none. */
export function traceOfInForce(inForce: InForce): TraceEntry[] {
  switch (inForce.kind) {
    case 'none':
      return [];
    case 'unlinked':
      return [{ id: 'previous', met: false, because: inForce.message, detail: {} }];
    case 'compared': {
      const { executionId, slots, differences } = inForce;
      const because =
        differences.length === 0
          ? `The request states the ${slots} slot(s) of the plan in force as ${executionId} planned them.`
          : `The request and ${executionId} differ in ${differences.length} slot(s) of the plan in force.`;
      return [
        { id: 'previous', met: differences.length === 0, because, detail: { executionId, slots } },
        ...differences.map(({ touch, code, message, mend }) => ({
          id: `previous:${touch}`,
          met: false,
          because: `${message} ${mend}`,
          detail: { code },
        })),
      ];
    }
  }
}
