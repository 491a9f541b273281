import { createRequire } from 'node:module';
import type ts from 'typescript';
import type { SkillParts } from './functions.ts';

const typescript: typeof ts = createRequire(import.meta.url)('typescript');

/** What of a skill's declaration only some functions carry, and the parts that it belongs to: the first names it in refusals. */
const MEMBERS: { readonly [member: string]: readonly SkillParts[] } = {
  execute: ['engine'],
  pods: ['engine'],
  constraintCheck: ['engine'],
  loadConfiguration: ['configuration', 'engine', 'reference', 'handoff'],
  baselineConfiguration: ['reference'],
  referenceDirectory: ['reference'],
  handoff: ['handoff'],
};

function isDeclaration(node: ts.Node): node is ts.CallExpression {
  return (
    typescript.isCallExpression(node) &&
    typescript.isIdentifier(node.expression) &&
    node.expression.text === 'defineSkill'
  );
}

/** The members that the calls of `defineSkill` in a module are given. */
function declaredMembers(module: ts.SourceFile): ts.ObjectLiteralElementLike[] {
  const members: ts.ObjectLiteralElementLike[] = [];
  const visit = (node: ts.Node): void => {
    const [given] = isDeclaration(node) ? node.arguments : [];
    if (given !== undefined && typescript.isObjectLiteralExpression(given)) members.push(...given.properties);
    typescript.forEachChild(node, visit);
  };
  visit(module);
  return members;
}

/**
 * A skill's module without what a function never asks it for: each member that is left out becomes a function that throws
 * NotGranted, so that what only it needed (an engine, a parser, reference data) can be left out too. Whatever the module declares
 * in another way than as a member of the object given to `defineSkill` stays.
 * @param refusal name under which the text can call what makes such a function.
 */
export function withoutParts(source: string, parts: SkillParts, refusal: string): string {
  const module = typescript.createSourceFile('skill.ts', source, typescript.ScriptTarget.Latest, true);
  const members = declaredMembers(module);
  const handsOver = members.some((member) => member.name?.getText(module) === 'handoff');
  // Nothing of a skill that hands nothing over is needed to move handoffs.
  const carried = parts === 'handoff' && !handsOver ? 'declaration' : parts;
  const left = members.flatMap((member) => {
    const name = member.name?.getText(module) ?? '';
    const belongsTo = MEMBERS[name];
    return belongsTo === undefined || belongsTo.includes(carried) ? [] : [{ member, name, part: belongsTo[0] }];
  });
  return left.reduceRight(
    (text, { member, name, part }) =>
      `${text.slice(0, member.getStart(module))}${name}: ${refusal}('skills:${part}')${text.slice(member.end)}`,
    source,
  );
}
