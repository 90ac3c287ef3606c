import type { CheckResult } from "../../checks/result";
import { type CommandWriter, forNpm, run } from "../../output/remedy";
import { markdownTable } from "../../output/table";
import { type Exercise, exerciseSections, stepOf } from "./exercises";
import { minutesFor } from "./minutes";
import type { LessonStep, StepEnd } from "./step";

/** Manifests of the environment as YAML, by kind. */
export type Manifests = Readonly<Record<string, string>>;

/** Inputs of the page beside its steps. */
export interface LessonPageArgs {
  readonly manifests?: Manifests;
  /** Checks of this environment, which each step shows as observations. */
  readonly results?: readonly CheckResult[];
  /** Folders of examples/lesson, in their order. */
  readonly exercises?: readonly Exercise[];
  /** Stack whose commands the page shows. @default the default one */
  readonly stack?: string | undefined;
}

/** A step of the page as Markdown. */
export interface Section {
  readonly step: number;
  /** Time for a learner, in minutes. */
  readonly minutes: number;
  readonly lines: readonly string[];
}

const word = { passed: "yes", failed: "**no**", unknown: "unknown" } as const;

function observed(results: readonly CheckResult[]): string[] {
  if (results.length === 0) return [];
  const rows = results.map(({ title, outcome, evidence }) => [title, word[outcome], evidence]);
  return ["", ...markdownTable([["check", "passed", "observed here"], ...rows])];
}

const manifestOf = (kind: string, manifests: Manifests): string[] =>
  manifests[kind] === undefined ? [] : ["", "```yaml", manifests[kind].trimEnd(), "```"];

const outputBlock = (lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ["", "```text", ...lines, "```"];

const mistakeList = (mistakes: readonly string[], commands: CommandWriter): string[] =>
  mistakes.length === 0
    ? []
    : [
        "",
        mistakes.length > 1
          ? "Common mistakes at this step. Each folder is a test that expects the symptom, so its cases pass. The folder `fixed` beside it has the correct manifests:"
          : "A common mistake at this step. The folder is a test that expects the symptom, so its cases pass. The folder `fixed` beside it has the correct manifests:",
        "",
        "```sh",
        ...mistakes.map((name) => commands(run("try", `examples/mistakes/${name}/broken`))),
        "```",
      ];

const afterwardsSection = ({ title, text, commands, output = [], inspection, cleanup }: StepEnd): string[] => [
  "",
  `### ${title}`,
  "",
  text,
  "",
  "```sh",
  ...commands,
  "```",
  ...outputBlock(output),
  ...(inspection ? ["", "```text", `$ ${inspection.command}`, ...inspection.output, "```"] : []),
  ...(cleanup === undefined ? [] : ["", "```sh", ...cleanup, "```"]),
];

/** A step as Markdown, with its time. */
export function section(
  lessonStep: LessonStep,
  { manifests = {}, results = [], exercises = [], stack }: LessonPageArgs,
): Section {
  const write = forNpm(stack);
  const { step, title, commandSeconds, text, resources = [], commands, expected, output = [] } = lessonStep;
  const { mistakes = [], learned, links, afterwards } = lessonStep;
  const body = [
    text,
    ...resources.flatMap((kind) => manifestOf(kind, manifests)),
    "",
    "```sh",
    ...commands,
    "```",
    "",
    `You see: ${expected}`,
    ...outputBlock(output),
    ...observed(results.filter((result) => result.step === step)),
    ...exerciseSections(
      exercises.filter((exercise) => stepOf(exercise) === step),
      write,
    ),
    ...(afterwards ? afterwardsSection(afterwards) : []),
    ...mistakeList(mistakes, write),
    "",
    `**What you learned.** ${learned}`,
    "",
    `Read more: ${links.map(([name, url]) => `[${name}](${url})`).join(", ")}.`,
  ];
  const minutes = minutesFor(body, commandSeconds);
  return {
    step,
    minutes,
    lines: [
      "",
      `## ${step}. ${title}`,
      "",
      `About ${minutes} ${minutes === 1 ? "minute" : "minutes"}. ${text}`,
      ...body.slice(1),
    ],
  };
}
