import type { CheckResult } from "../../checks/result";
import { markdownCell } from "../../output/text";
import type { Settings } from "../../settings/contract";
import { canarySteps } from "./canary";
import { clusterSteps } from "./cluster";
import { type Exercise, exerciseSections, stepOf } from "./exercises";
import { ingressSteps } from "./ingress";
import { meshSteps } from "./mesh";
import { otherSteps } from "./others";
import { type LessonStep, lessonCommands, type StepEnd } from "./step";

export type { LessonStep } from "./step";

/**
 * The lesson, step by step, for one environment.
 *
 * @param ingressIp - address of the ingress gateway
 * @param stack - the stack whose commands the lesson shows; undefined for the default one
 */
export function lessonSteps(settings: Settings, ingressIp: string, stack?: string): readonly LessonStep[] {
  const commands = lessonCommands(settings, ingressIp, stack);
  return [
    ...clusterSteps(commands),
    ...ingressSteps(settings, ingressIp, commands),
    ...meshSteps(settings, commands),
    ...canarySteps(settings, commands),
    ...otherSteps(settings, commands),
  ];
}

/** Manifests of the environment as YAML, by kind. */
export type Manifests = Readonly<Record<string, string>>;

const word = { passed: "yes", failed: "**no**", unknown: "unknown" } as const;

function observed(results: readonly CheckResult[]): string[] {
  if (results.length === 0) return [];
  const rows = results.map(
    ({ title, outcome, evidence }) => `| ${markdownCell(title)} | ${word[outcome]} | ${markdownCell(evidence)} |`,
  );
  return ["", "| check | passed | observed here |", "| --- | --- | --- |", ...rows];
}

const manifestOf = (kind: string, manifests: Manifests): string[] =>
  manifests[kind] === undefined ? [] : ["", "```yaml", manifests[kind].trimEnd(), "```"];

const mistakeList = (mistakes: readonly string[]): string[] =>
  mistakes.length === 0
    ? []
    : [
        "",
        mistakes.length > 1
          ? "Common mistakes at this step. Each of them is a test; the folder `fixed` beside it has the correct manifests:"
          : "A common mistake at this step, as a test. The folder `fixed` beside it has the correct manifests:",
        "",
        "```sh",
        ...mistakes.map((name) => `npm run try -- examples/mistakes/${name}/broken`),
        "```",
      ];

const afterwardsSection = ({ title, text, commands, look, cleanup }: StepEnd): string[] => [
  "",
  `### ${title}`,
  "",
  text,
  "",
  "```sh",
  ...commands,
  "```",
  ...(look ? ["", "```text", `$ ${look.command}`, ...look.output, "```"] : []),
  ...(cleanup === undefined ? [] : ["", "```sh", cleanup, "```"]),
];

function section(one: LessonStep, { manifests = {}, results = [], exercises = [] }: LessonPageArgs): string[] {
  const { step, title, text, resources = [], commands, see, mistakes = [], learned, links, afterwards } = one;
  return [
    "",
    `## ${step}. ${title}`,
    "",
    text,
    ...resources.flatMap((kind) => manifestOf(kind, manifests)),
    "",
    "```sh",
    ...commands,
    "```",
    "",
    `You see: ${see}`,
    ...observed(results.filter((result) => result.step === step)),
    ...exerciseSections(exercises.filter((exercise) => stepOf(exercise) === step)),
    ...(afterwards ? afterwardsSection(afterwards) : []),
    ...mistakeList(mistakes),
    "",
    `**What you learned.** ${learned}`,
    "",
    `Read more: ${links.map(([name, url]) => `[${name}](${url})`).join(", ")}.`,
  ];
}

/** Inputs of the page beside its steps. */
export interface LessonPageArgs {
  readonly manifests?: Manifests;
  /** Checks of this environment, which each step shows as observations. */
  readonly results?: readonly CheckResult[];
  /** Folders of examples/lesson, in their order. */
  readonly exercises?: readonly Exercise[];
}

/** The lesson as Markdown. */
export const lessonPage = (steps: readonly LessonStep[], args: LessonPageArgs = {}): string =>
  [
    "# The lesson, step by step",
    "",
    "This page needs a running environment (`npm start`), kubectl and istioctl. `npm run tools` fetches these two if you have none, and",
    '`eval "$(npm run --silent env)"` puts them on the PATH. In ten steps the lesson leads from an empty cluster to a canary and to',
    "tokens. Two more steps show the same with the Gateway API, and without sidecars.",
    "",
    "Some commands change the environment: its YAML is what the program applies. Others apply a folder of",
    "[examples/lesson](../examples/lesson) beside it. Such a folder holds manifests and the requests of a test, and `npm run try` shows",
    "what each request gets and why. A line with FAIL is a mistake that the next folder mends. `--keep` leaves everything in the",
    "cluster, so that you can look at it with kubectl and istioctl, and change it yourself:",
    "",
    "```text",
    "$ cp -r examples/lesson/05-gateway/3-bare-name my-mesh    # then edit my-mesh/mesh.yaml",
    "$ npm run try -- my-mesh --keep",
    "```",
    "",
    "`npm run verify` makes the observations on the environment by itself. It writes this page to `report/lesson.md`, with your",
    "addresses and results. `npm run verify -- --lesson` runs every folder of this page, compares the results with those",
    "shown here, and makes all the mistakes, with the symptom, the cause and the fix of each. It ends after 40 minutes",
    "at most. `npm run try -- --remove` removes what the last folder left.",
    ...steps.flatMap((step) => section(step, args)),
    "",
  ].join("\n");
