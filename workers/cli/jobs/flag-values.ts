/** Every value of an option that may be repeated, in its order: the parser of command lines keeps the last one only. */
export function flagValues(rawArgs: readonly string[], name: string): readonly string[] {
  const flag = `--${name}`;
  return rawArgs.flatMap((argument, index) => {
    if (argument.startsWith(`${flag}=`)) return [argument.slice(flag.length + 1)];
    return argument === flag ? [rawArgs[index + 1] ?? ""] : [];
  });
}
