/** An object, or with a trailing slash a folder, of Cloud Storage. */
export interface ObjectUri {
  readonly bucket: string;
  readonly name: string;
}

/** `gs://BUCKET/NAME`. Throws on anything else: such a text is a mistake of ours, or of whoever wrote the file it is from. */
export function parseObjectUri(uri: string): ObjectUri {
  const match = /^gs:\/\/([^/]+)\/(.*)$/s.exec(uri);
  if (!match) throw new TypeError(`${uri} is not a Cloud Storage address (gs://BUCKET/NAME)`);
  const [, bucket = "", name = ""] = match;
  return { bucket, name };
}

/** Appends to a `gs://` folder, whether or not it ends in a slash. */
export function joinUri(folder: string, ...parts: readonly string[]): string {
  return [folder.replace(/\/+$/, ""), ...parts].join("/");
}
