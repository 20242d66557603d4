/** A container's name, taken apart. https://github.com/distribution/reference */
export interface ImageName {
  /** As written, without tag and digest. */
  readonly name: string;
  /** Host of the registry, with its port. */
  readonly host: string;
  /** Path within the registry. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string | null;
}

export function parseImage(image: string): ImageName {
  const [tagged = "", digest = null] = image.split("@", 2);
  const colon = tagged.lastIndexOf(":");
  const hasTag = colon > tagged.lastIndexOf("/");
  const name = hasTag ? tagged.slice(0, colon) : tagged;
  const slash = name.indexOf("/");
  const first = name.slice(0, Math.max(slash, 0));
  const hasHost = /[.:]/.test(first) || first === "localhost";
  const path = hasHost ? name.slice(slash + 1) : name;
  return {
    name,
    host: hasHost ? first : "registry-1.docker.io",
    repository: hasHost || path.includes("/") ? path : `library/${path}`,
    tag: hasTag ? tagged.slice(colon + 1) : "latest",
    digest,
  };
}
