/** The registry's alias for the model which serves. */
export const championAlias = "champion";
