import type { SkillResult } from './skill-result.ts';

/** A configuration that becomes another skill's candidate when the execution is published. */
export interface PublishedCandidate {
  /** The target skill's name; one of those that the execution refers to. */
  readonly skill: string;
  /** As it is stored. The skill that made it has loaded it; before it runs anywhere, it has to pass the target's four suites. */
  readonly configuration: unknown;
}

/** What a publication does besides handing the outputs on. Carried out by the Publish step, which holds no engine. */
export interface PublicationEffect {
  /** Reads the candidate out of a result; `undefined` where the result has none. */
  readonly candidateFor: (result: SkillResult) => PublishedCandidate | undefined;
}
