import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const IMPORT = /^import \{([^}]*)\} from '(@aws-sdk\/[\w-]+)';/gm;

/** What the product's modules take from one package of the SDK. */
export interface SdkImport {
  readonly from: string;
  /** Sorted; types are left out, for no bundle holds them. */
  readonly names: readonly string[];
}

function importsIn(text: string): { from: string; name: string }[] {
  return [...text.matchAll(IMPORT)].flatMap(([, list = '', from = '']) =>
    list
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && !name.startsWith('type '))
      .map((name) => ({ from, name })),
  );
}

/** All that the modules under a folder import from the AWS SDK by value, package by package. */
export function sdkImportsUnder(folder: string): SdkImport[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  return sdkImportsOf(files.map((file) => join(folder, file)));
}

/** All that some modules import from the AWS SDK by value, package by package. */
export function sdkImportsOf(files: readonly string[]): SdkImport[] {
  const all = files.flatMap((file) => importsIn(readFileSync(file, 'utf8')));
  const packages = [...new Set(all.map(({ from }) => from))].sort();
  return packages.map((from) => ({
    from,
    names: [...new Set(all.filter((each) => each.from === from).map(({ name }) => name))].sort(),
  }));
}

/** A function that holds these clients and commands, and does nothing. */
export function functionOf(imports: readonly SdkImport[]): string {
  const lines = imports.map(({ from, names }) => `import { ${names.join(', ')} } from '${from}';`);
  return `${lines.join('\n')}\nconst held = [${imports.flatMap(({ names }) => names).join(', ')}];\nexport const handler = () => held;\n`;
}
