/** `custom-training-job` as a variable: `customTrainingJob`. */
export function variableName(name: string): string {
  const words = name.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
  const joined = words.map((word, index) => (index === 0 ? uncapitalized(word) : capitalized(word))).join("");
  return /^[A-Za-z]/.test(joined) && !reserved.has(joined) ? joined : `_${joined}`;
}

/** The same as a type: `CustomTrainingJob`. */
export function typeName(name: string): string {
  return capitalized(variableName(name));
}

/** A key of an object type. */
export function propertyName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** `AutoML` becomes `autoML`, and `HTMLView` `htmlView`. */
function uncapitalized(word: string): string {
  return word.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]+$|^[A-Z]/, (start) => start.toLowerCase());
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** https://tc39.es/ecma262/#prod-ReservedWord, and what a module in strict mode forbids besides. */
const reserved = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof var void while with yield"
  ).split(" "),
);
