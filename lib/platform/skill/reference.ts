import type { Digest } from '../../core/digest.ts';

/** The baseline of another skill that an execution looked at: which version it was when the execution was accepted. */
export interface RecordedReference {
  readonly skill: string;
  readonly version: string;
  readonly digest: Digest;
}

/** Such a baseline with its configuration, as it is stored. */
export interface Reference extends RecordedReference {
  readonly configuration: unknown;
}

/** Baselines of other skills, by the skill's name. */
export type References = { readonly [skill: string]: Reference };
