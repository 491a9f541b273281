import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Departure, departures } from './departures.ts';

/** A resource as a template writes it down. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

/** A template as far as the harness looks into it. */
export interface Template {
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, { readonly Value: unknown }>;
}

/** The templates of an assembly by the names of their stacks. */
export function templatesIn(assembly: string): Map<string, Template> {
  const files = readdirSync(assembly).filter((file) => file.endsWith('.template.json'));
  return new Map(
    files.map((file) => [
      file.slice(0, -'.template.json'.length),
      JSON.parse(readFileSync(join(assembly, file), 'utf8')) as Template,
    ]),
  );
}

/**
 * Puts another template into an assembly. CDK uploads a template under the hash that the assembly names, and uploads nothing
 * where something of that name is already: so the hash becomes that of the new text.
 */
export function writeTemplate(assembly: string, stack: string, template: Template): void {
  const file = `${stack}.template.json`;
  const text = JSON.stringify(template, undefined, 1);
  writeFileSync(join(assembly, file), text);
  const assetsFile = join(assembly, `${stack}.assets.json`);
  const assets = readFileSync(assetsFile, 'utf8');
  const { files } = JSON.parse(assets) as { files: Record<string, { source: { path: string } }> };
  const old = Object.entries(files).find(([, { source }]) => source.path === file)?.[0];
  if (old === undefined) throw new Error(`The assets of ${stack} do not name its template.`);
  const hash = createHash('sha256').update(text).digest('hex');
  writeFileSync(assetsFile, assets.replaceAll(old, hash));
  const manifestFile = join(assembly, 'manifest.json');
  writeFileSync(manifestFile, readFileSync(manifestFile, 'utf8').replaceAll(old, hash));
}

function withoutReferencesTo(template: Template, gone: ReadonlySet<string>): void {
  const serialized = JSON.stringify(template);
  for (const logicalId of gone)
    if (serialized.includes(`"${logicalId}"`))
      throw new Error(`Something still refers to ${logicalId}, which was taken out: the harness must say what to do.`);
}

/**
 * Copies a synthesized assembly and takes out of the copy what the server's CloudFormation cannot take, as listed; whatever
 * depended on the order of it loses that dependency. All else is deployed as it was synthesized.
 * @returns how many resources and outputs each departure took out.
 */
export function copyWithoutDepartures(assembly: string, copy: string): ReadonlyMap<Departure, number> {
  cpSync(assembly, copy, { recursive: true });
  const taken = new Map<Departure, number>(departures.map((departure) => [departure, 0]));
  for (const [stack, template] of templatesIn(copy)) {
    const gone = new Set<string>();
    for (const departure of departures) {
      for (const [logicalId, resource] of Object.entries(template.Resources)) {
        if (departure.resource?.(resource) !== true) continue;
        delete template.Resources[logicalId];
        gone.add(logicalId);
        taken.set(departure, (taken.get(departure) ?? 0) + 1);
      }
      for (const [name, { Value }] of Object.entries(template.Outputs ?? {})) {
        if (departure.output?.(Value) !== true) continue;
        delete template.Outputs?.[name];
        taken.set(departure, (taken.get(departure) ?? 0) + 1);
      }
    }
    withoutReferencesTo(template, gone);
    writeTemplate(copy, stack, template);
  }
  return taken;
}
