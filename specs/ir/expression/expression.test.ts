import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  ExpressionError,
  evaluateCondition,
  evaluateExpression,
  parseExpression,
  quote,
  selectParameter,
  type Value,
} from "./index.ts";

describe("conditions as the Python SDK writes them", () => {
  const coin = "inputs.parameter_values['pipelinechannel--flip-coin-Output']";
  test.each<[string, Record<string, Value>, boolean]>([
    [`${coin} == 'heads'`, { "pipelinechannel--flip-coin-Output": "heads" }, true],
    [`!(${coin} == 'heads')`, { "pipelinechannel--flip-coin-Output": "heads" }, false],
    [`!(${coin} == 'heads') && ${coin} == 'tails'`, { "pipelinechannel--flip-coin-Output": "tails" }, true],
    ["inputs.parameter_values['pick'] == true", { pick: true }, true],
    ["int(inputs.parameter_values['n']) > 5", { n: 6 }, true],
    ["int(inputs.parameter_values['n']) <= 5", { n: "6" }, false],
    ["int(inputs.parameter_values['a']) >= int(inputs.parameter_values['b'])", { a: 2, b: 2 }, true],
    ["inputs.parameter_values['rate'] < 0.5", { rate: 0.25 }, true],
    ["inputs.parameter_values['n'] == '1'", { n: 1 }, false],
    ["inputs.parameters['n'].int_value == 3", { n: 3 }, true],
    ["inputs.parameters['s'].string_value != ''", { s: "" }, false],
  ])("%s", (condition, parameters, expected) => {
    expect(evaluateCondition(condition, parameters)).toBe(expected);
  });

  test("a loop item's field", () => {
    expect(selectParameter('parseJson(string_value)["A_a"]', '{"A_a": "1", "B_b": 2}')).toBe("1");
    expect(selectParameter('parseJson(string_value)["B_b"]', { A_a: "1", B_b: 2 })).toBe(2);
  });
});

describe("values", () => {
  test.each<[string, Value]>([
    ["1 + 2 * 3", 7n],
    ["-7 / 2", -3n],
    ["-7 % 2", -1n],
    ["-9223372036854775808", -(2n ** 63n)],
    ["0xff", 255n],
    ["1 == 1.0", true],
    ["1 < 1.5 && 'a' < 'b'", true],
    ["double('1.5') + 0.5", 2],
    ["string(2) + 'x'", "2x"],
    ["bool('true') ? 'yes' : 'no'", "yes"],
    ["size('häß')", 3n],
    ["2 in [1, 2]", true],
    ["[1, 2] == [1.0, 2]", true],
    ["'abc'.startsWith('ab') || false", true],
    ["'\\'\\x41\\u00e4\\n'", "'Aä\n"],
    // Either order: what decides is enough.
    ["true || missing", true],
    ["missing || true", true],
    ["false && 1 / 0 == 1", false],
  ])("%s", (text, expected) => {
    expect(evaluateExpression(text, {})).toEqual(expected);
  });
});

describe("an error has a code and a position", () => {
  test.each([
    ["", "syntax", 0],
    ["1 +", "syntax", 3],
    ["'open", "syntax", 0],
    ["a b", "syntax", 2],
    ["1 # 2", "syntax", 2],
    ["'\\q'", "syntax", 1],
    ["missing == 1", "unknown-name", 0],
    ["nothing(1)", "unknown-name", 0],
    ["constructor", "unknown-name", 0],
    ["data['no']", "no-such-key", 4],
    ["data['__proto__']", "no-such-key", 4],
    ["1 < 'a'", "type", 2],
    ["!1", "type", 0],
    ["int('1.5')", "type", 0],
    ["1 / 0", "range", 2],
    ["9223372036854775807 + 1", "range", 20],
    ["9223372036854775808", "range", 0],
    ["(".repeat(5000), "range", 200],
    ["!".repeat(5000), "range", 199],
  ])("%s", (text, code, position) => {
    const error = failure(() => evaluateExpression(text, { data: { yes: 1 } }));
    expect({ code: error.code, position: error.position }).toEqual({ code, position });
  });

  test("a condition that is no bool", () => {
    expect(failure(() => evaluateCondition("1 + 1", {})).code).toBe("type");
  });
});

describe("inputs are data", () => {
  test("text with quotes in it stays text", () => {
    const condition = "inputs.parameter_values['user'] == 'admin'";
    expect(evaluateCondition(condition, { user: "x' or 'a'=='a" })).toBe(false);
    expect(evaluateCondition(condition, { user: "x' || true || 'a'=='a" })).toBe(false);
  });

  test("any text equals itself, as an input and quoted as a literal", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (value, other) => {
        const condition = `inputs.parameter_values['x'] == ${quote(value)}`;
        expect(evaluateCondition(condition, { x: value })).toBe(true);
        expect(evaluateCondition(condition, { x: other })).toBe(value === other);
      }),
    );
  });

  test("integers behave as int64, or fail", () => {
    const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(int64, int64, fc.constantFrom("+", "-", "*"), (a, b, operator) => {
        const exact = { "+": a + b, "-": a - b, "*": a * b }[operator];
        const evaluate = () => evaluateExpression(`int(a) ${operator} int(b)`, { a: String(a), b: String(b) });
        if (BigInt.asIntN(64, exact) === exact) expect(evaluate()).toBe(exact);
        else expect(failure(evaluate).code).toBe("range");
      }),
    );
  });

  test("no text makes the parser do anything but parse or throw an ExpressionError", () => {
    const part = fc.constantFrom(
      "a",
      "(",
      ")",
      "[",
      "]",
      "'",
      "1",
      ".5",
      "&&",
      "||",
      "==",
      "!",
      "-",
      "?",
      ":",
      ",",
      ".",
      " ",
      "\\",
      "int(",
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), (parts) => {
        const text = parts.join("");
        try {
          parseExpression(text);
        } catch (error) {
          if (!(error instanceof ExpressionError)) throw error;
          expect(error.position).toBeLessThanOrEqual(text.length);
        }
      }),
    );
  });
});

function failure(action: () => unknown): ExpressionError {
  try {
    action();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error("It did not fail.");
}
