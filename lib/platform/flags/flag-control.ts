import type { FlagDeclaration } from './declaration.ts';

/** What the platform may change in the flag server by itself. */
export interface FlagControl {
  /**
   * Puts these variants in place of those that the flag's strategies have.
   * @throws NotFound when there is no such flag or it has no strategy with variants, FlagSourceUnavailable.
   */
  setVariantWeights(flag: string, variants: FlagDeclaration['variants']): Promise<void>;
  /** Switches a flag on or off for everybody. @throws NotFound, FlagSourceUnavailable */
  setEnabled(flag: string, on: boolean): Promise<void>;
}
