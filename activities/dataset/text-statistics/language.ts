import eld from "eld/medium";

/** Where it is not clear, as ISO 639-2 has it. */
const undetermined = "und";
/** More does not make it clearer. */
const enoughCharacters = 1000;

/** The language that a text is written in, by ISO 639-1; `und` where it is not clear. */
export function languageOf(text: string): string {
  const found = eld.detect(text.slice(0, enoughCharacters));
  return found.language !== "" && found.isReliable() ? found.language : undetermined;
}
