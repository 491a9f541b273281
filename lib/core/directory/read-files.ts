export { importAccountsCsv, importPeopleCsv } from './import-csv.ts';
export { loadDirectoryYaml } from './read-yaml.ts';
