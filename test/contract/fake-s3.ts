import type { Answer, Asked } from './loopback.ts';

/** One stored version of an object, or the marker of its deletion. */
export interface StoredVersion {
  readonly id: string;
  body: Buffer;
}

/** As much of a versioned bucket as is used: conditional writes, reads, versions, and the errors that go with them. */
export function s3Answers(objects: Map<string, StoredVersion[]>, refusesDeletes: () => boolean = () => false) {
  let versions = 0;

  const error = (status: number, code: string): Answer => ({
    status,
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`,
  });
  return ({ method, path, headers, body }: Asked): Answer => {
    const url = new URL(path, 'http://s3');
    const key = url.pathname;
    const stored = objects.get(key) ?? [];
    if (method === 'PUT') {
      if (headers['if-none-match'] === '*' && stored.length > 0) return error(412, 'PreconditionFailed');
      versions += 1;
      objects.set(key, [...stored, { id: `v${versions}`, body }]);
      return { status: 200 };
    }
    if (method === 'DELETE') {
      if (refusesDeletes()) return error(403, 'AccessDenied');
      objects.set(
        key,
        stored.filter(({ id }) => id !== url.searchParams.get('versionId')),
      );
      return { status: 204 };
    }
    // Two versions a page, so that the rest has to be asked for; another object whose key begins alike stands among them.
    if (url.searchParams.has('versions')) {
      const prefix = url.searchParams.get('prefix')!;
      const listed = [...objects].flatMap(([at, all]) => {
        const name = at.replace(/^\/artifacts\//, '');
        return name.startsWith(prefix)
          ? all.toReversed().map(({ id }, index) => ({ name, id, latest: index === 0 }))
          : [];
      });
      const after = url.searchParams.get('version-id-marker');
      const from = after === null ? 0 : listed.findIndex(({ id }) => id === after) + 1;
      const page = listed.slice(from, from + 2);
      const last = page.at(-1);
      const more = from + 2 < listed.length;
      const next = `<NextKeyMarker>${last?.name}</NextKeyMarker><NextVersionIdMarker>${last?.id}</NextVersionIdMarker>`;
      const entries = page.map(
        ({ name, id, latest }) =>
          `<Version><Key>${name}</Key><VersionId>${id}</VersionId><IsLatest>${latest}</IsLatest></Version>`,
      );
      const list = `<IsTruncated>${more}</IsTruncated>${more ? next : ''}${entries.join('')}`;
      const xml = `<?xml version="1.0"?><ListVersionsResult>${list}</ListVersionsResult>`;
      return { status: 200, headers: { 'content-type': 'application/xml' }, body: xml };
    }
    const found = stored.at(-1)?.body;
    return found === undefined ? error(404, 'NoSuchKey') : { status: 200, body: found };
  };
}
