/** Countersign's version: part of the evidence, and of the API's description. Agrees with package.json (tested). */
export const VERSION = '0.1.0';
