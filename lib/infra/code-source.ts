import { Code } from 'aws-cdk-lib/aws-lambda';
import type { AnySkill } from '../platform/skill/define-skill.ts';
import type { FunctionDeclaration } from './functions.ts';

/** Where the code of a function comes from. */
export type CodeSource = (declaration: FunctionDeclaration, skill?: AnySkill) => Code;

/**
 * Stands in for bundles where only the template is of interest: to the local system, which runs the entries themselves, and to
 * tests. A function that were deployed with it would refuse to run.
 */
export const withoutBundles: CodeSource = () =>
  Code.fromInline("exports.handler = () => { throw new Error('This function was synthesized without its code.'); };");
