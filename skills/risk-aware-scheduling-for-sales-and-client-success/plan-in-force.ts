import * as z from 'zod';
import type { Json } from '../../lib/core/json.ts';
import type { SkillResult } from '../../lib/platform/skill/skill-result.ts';

const SCHEMA = 'countersign/plan-in-force/1';

const slot = z.strictObject({ touch: z.string(), rep: z.string(), start: z.string(), promised: z.boolean() });
export type PlannedSlot = z.infer<typeof slot>;

/** What the packet of a published plan says to the one that replaces it: its slots, with the promises that hold. */
export const planInForce = z.strictObject({ schema: z.literal(SCHEMA), slots: z.array(slot) });

const ofArtifact = z.looseObject({ next: z.array(slot) });

/** Reads out of a result what the next execution goes on from. */
export function nextOf({ artifact }: SkillResult): Json | undefined {
  const read = ofArtifact.safeParse(artifact);
  return read.success ? { schema: SCHEMA, slots: read.data.next } : undefined;
}
