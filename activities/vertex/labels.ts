/** On the registry version that serves; moved last of all. */
export const championAlias = "champion";

/** The workflow that submitted a job. */
export const runLabel = "retemper-run";

/** The release that made a registry version: finds it again. */
export const releaseLabel = "retemper-release";

/** The stage of the run that a job is for. */
export const stageLabel = "retemper-stage";

/** In which form a model's container is asked, where that is not the trainer's. */
export const requestsLabel = "retemper-requests";

/** The recipe that a model was trained by. */
export const recipeLabel = "recipe";
