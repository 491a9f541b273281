type Document = Record<string, unknown>;

/** An answer that is a page. */
export const page = (description: string): Document => ({
  description,
  content: { 'text/html; charset=utf-8': { schema: { type: 'string' } } },
});

/** A parameter in the path: a text. */
export const pathParameter = (name: string, description: string): Document => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { type: 'string' },
});

/** A response that the document describes once for all operations. */
export const ref = (name: string): Document => ({ $ref: `#/components/responses/${name}` });

export const executionIdParameter: Document = pathParameter('executionId', 'The id of an execution.');
