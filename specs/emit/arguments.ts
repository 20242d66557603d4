import type { ArgumentNode } from "../nodes/index.ts";
import { emitPythonJson } from "./python-json.ts";

/** A word of the command line. What is decided at run time travels as JSON inside the word. */
export function emitArgument(argument: ArgumentNode): string {
  return typeof argument === "string" ? argument : emitPythonJson(structure(argument));
}

function structure(argument: ArgumentNode): unknown {
  if (typeof argument === "string") return argument;
  switch (argument.kind) {
    case "concat":
      return { Concat: argument.items.map(structure) };
    case "if-present":
      return {
        IfPresent: {
          InputName: argument.input,
          Then: structures(argument.present),
          ...(argument.absent !== undefined && { Else: structures(argument.absent) }),
        },
      };
  }
}

function structures(words: ArgumentNode | readonly ArgumentNode[]): unknown {
  return isList(words) ? words.map(structure) : structure(words);
}

function isList(words: ArgumentNode | readonly ArgumentNode[]): words is readonly ArgumentNode[] {
  return Array.isArray(words);
}
