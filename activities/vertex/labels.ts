/** On the registry version that serves; moved last of all. */
export const championAlias = "champion";

/** The workflow that made a model, job or version. */
export const runLabel = "retemper-run";

/** The release that made a registry version: finds it again. */
export const releaseLabel = "retemper-release";
