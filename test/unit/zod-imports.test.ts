import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('zod is imported as a namespace everywhere: any other import keeps all of it in every bundle', () => {
  const files = ['bin', 'lib', 'functions', 'skills'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => join(folder, file)),
  );
  const imports = files.flatMap((file) =>
    [...readFileSync(join(root, file), 'utf8').matchAll(/^import .*from ['"]zod[^'"]*['"];$/gm)].map(([line]) => ({
      file,
      line,
    })),
  );
  expect(imports.length).toBeGreaterThan(10);
  expect(imports.filter(({ line }) => !/^import (type )?\* as z from 'zod';$/.test(line))).toEqual([]);
});
