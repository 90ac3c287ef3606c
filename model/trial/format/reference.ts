import { markdownTable } from "../../output/table";
import { testFormat } from "./format";
import { allowed, type Shape } from "./shape";

const titles: Readonly<Record<string, string>> = {
  file: "A test file",
  caller: "A caller (`callers`)",
  workload: "A workload (`workloads`)",
  case: "A case (`cases`)",
  request: "A request (`request`)",
  token: "A token (`request.token`)",
  behaviour: "Misbehaviour of a stand-in (`given`)",
  expect: "An expectation (`expect`)",
  matrix: "A matrix (`matrix`)",
};

/** A long list of alternatives, with each of them once. */
const shownValue = (shape: Shape): string =>
  shape.is === "either" && shape.of.some((option) => option.is === "list")
    ? `${allowed(shape.of[0] ?? shape)}, or a list of them`
    : allowed(shape);

/** The keys of a test file as tables, for the documentation. */
export function formatReference(): string {
  return Object.entries(testFormat)
    .map(([name, fields]) =>
      [
        `### ${titles[name] ?? name}`,
        "",
        ...markdownTable([
          ["key", "value", "meaning"],
          ...Object.entries(fields).map(([key, { shape, does, required }]) => [
            `\`${key}\`${required ? " (required)" : ""}`,
            shownValue(shape),
            does,
          ]),
        ]),
      ].join("\n"),
    )
    .join("\n\n");
}
