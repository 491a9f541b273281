import type { Problem } from '../../core/errors.ts';

/** Something the linter found. Errors keep a policy from being loaded; warnings travel with it. */
export interface LintFinding extends Problem {
  readonly severity: 'error' | 'warning';
}
