import { loadDirectory } from '../../core/directory/load.ts';
import { keptApprovals, keptFor, type Submission } from '../approvals/carry-over.ts';
import type { Stage, StageLevel } from '../approvals/stage.ts';
import { parseStoredRequest } from '../executions/context.ts';
import { documentOf, type Finding, recordIn, requestIn, resultOf, same, stagesIn } from './finding.ts';
import { type EvidencePacket, evidencePacket } from './packet-schema.ts';

type CarriedSeat = StageLevel['seats'][number];

interface CarriedPlace {
  readonly stage: Stage;
  readonly level: StageLevel;
  readonly seat: CarriedSeat;
}

function carriedSeats(packet: EvidencePacket): readonly CarriedPlace[] {
  return stagesIn(packet).flatMap((stage) =>
    stage.levels.flatMap((level) =>
      level.seats.filter(({ decision }) => decision?.carried !== undefined).map((seat) => ({ stage, level, seat })),
    ),
  );
}

function submissionIn(packet: EvidencePacket): Submission | undefined {
  const result = resultOf(packet);
  if (result === undefined) return undefined;
  return { record: recordIn(packet), request: parseStoredRequest(requestIn(packet)), result };
}

/** An approval that was carried over, found anew from what was asked and decided before. */
function placeFinding(packet: EvidencePacket, earlier: EvidencePacket, { stage, level, seat }: CarriedPlace): Finding {
  const [then, now] = [submissionIn(earlier), submissionIn(packet)];
  const wrong = `The approval at seat ${seat.seatId} was carried over, but it does not follow from the earlier execution.`;
  const carried = seat.decision?.carried;
  const planned = now?.result.plan?.stages
    .find((one) => one.stage === stage.stage)
    ?.levels.find(({ levelId }) => levelId === level.levelId);
  if (then === undefined || now === undefined || planned === undefined || carried === undefined) return wrong;
  const sentBack = { ...then, stages: stagesIn(earlier) };
  const directory = loadDirectory(documentOf(packet, 'directory'));
  const kept = keptFor(keptApprovals(sentBack, now, directory, planned, carried.countedAt), seat);
  return kept !== undefined && same(kept.decision, seat.decision) ? undefined : wrong;
}

/**
 * Every approval that was carried over is backed by the evidence of the execution that was resubmitted, which is in the
 * packet; whether that evidence holds in itself is checked as any other is. That an approval was kept only once cannot be
 * seen in one packet: the table sees to it.
 * @throws InvalidInput when a document in one of the packets is malformed.
 */
export function checkCarryOver(packet: EvidencePacket): Finding {
  const places = carriedSeats(packet);
  if (places.length === 0)
    return packet.earlier === undefined ? undefined : 'The packet holds an earlier execution on which nothing rests.';
  const parsed = evidencePacket.safeParse(packet.earlier);
  if (!parsed.success) return 'Approvals were carried over, but the execution in which they fell is not in the packet.';
  const late = places.find(({ stage, seat }) => seat.decision?.carried?.countedAt !== stage.preparedAt);
  if (late !== undefined)
    return `The approval at seat ${late.seat.seatId} was not counted when its stage was prepared.`;
  for (const place of places) {
    const finding = placeFinding(packet, parsed.data, place);
    if (finding !== undefined) return finding;
  }
  return undefined;
}
