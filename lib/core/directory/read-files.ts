export { importAccountsCsv, importPeopleCsv } from './import-csv.ts';
export { loadDirectoryYaml, parseDirectoryYaml } from './read-yaml.ts';
