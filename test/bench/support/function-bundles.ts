import { join } from 'node:path';
import { type Bundle, bundle, bundleEntries } from '../../../lib/infra/bundle.ts';
import { sharedFunctions, stepFunctions } from '../../../lib/infra/functions.ts';
import type { AnySkill } from '../../../lib/platform/skill/define-skill.ts';
import { skills, skillsFolder } from '../../../skills/registry.ts';
import { functionOf, sdkImportsOf } from './sdk-imports.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** A function's bundle, and a bundle of nothing but the clients and commands of the AWS SDK that it uses, if it uses any. */
export interface MeasuredBundle extends Bundle {
  readonly sdkAlone?: Bundle;
}

/** What of the SDK a bundle uses, as the text of a function that holds it and does nothing. */
function sdkAloneOf({ modules }: Bundle): string | undefined {
  const own = [...modules]
    .filter(([path, bytes]) => path.startsWith('lib/') && bytes > 0)
    .map(([path]) => join(ROOT, path));
  const imports = sdkImportsOf(own);
  return imports.length === 0 ? undefined : functionOf(imports);
}

/**
 * Bundles every function as it is deployed (the steps with the first skill that needs nothing besides its code and hands nothing over, those that move handoffs with the first that does), and beside each the clients that it uses alone: with
 * the same settings, and the SDK as it is published. What a function leaves out of the SDK counts in its favour.
 */
export async function functionBundles(outdir: string): Promise<readonly MeasuredBundle[]> {
  const moduleOf = ({ name, needs = [] }: AnySkill) => ({ name, path: join(skillsFolder, name, 'skill.ts'), needs });
  const modules = skills.map(moduleOf);
  const plain = skills.filter(({ needs = [], handoff }) => needs.length === 0 && handoff === undefined).slice(0, 1);
  const handing = skills.filter(({ handoff }) => handoff !== undefined).slice(0, 1);
  const forHandoffs = handing.flatMap(stepFunctions).filter((declaration) => declaration.forHandoffs);
  const made = [
    ...(await bundle({ root: ROOT, outdir, declarations: sharedFunctions(), skills: modules })),
    ...(await bundle({ root: ROOT, outdir, declarations: stepFunctions(), skills: plain.map(moduleOf) })),
    ...(await bundle({ root: ROOT, outdir, declarations: forHandoffs, skills: handing.map(moduleOf) })),
  ];
  const sources = [...new Set(made.map(sdkAloneOf))].filter((source) => source !== undefined);
  const entries = sources.map((source, index) => ({ name: `sdk-alone-${index + 1}`, source }));
  const alone = await bundleEntries(entries, { root: ROOT, outdir, plugins: [] });
  return made.map((each) => {
    const sdkAlone = alone[sources.indexOf(sdkAloneOf(each) ?? '')];
    return sdkAlone === undefined ? each : { ...each, sdkAlone };
  });
}
