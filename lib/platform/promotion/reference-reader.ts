import type { References } from '../skill/reference.ts';

/** Gives the baselines of the other skills that an input refers to. */
export type ReferenceReader = (input: unknown) => Promise<References>;

/** For skills that refer to no other. */
export const noReferences: ReferenceReader = async () => ({});
