import type { CheckResult } from "../../checks/result";
import type { Settings } from "../../settings/contract";
import { canarySteps } from "./canary";
import { clusterSteps } from "./cluster";
import { ingressSteps } from "./ingress";
import { meshSteps } from "./mesh";
import { type LessonStep, lessonCommands } from "./step";

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
  ];
}

/** Manifests of the environment as YAML, by kind. */
export type Manifests = Readonly<Record<string, string>>;

const word = { passed: "yes", failed: "**no**", unknown: "unknown" } as const;

function observed(results: readonly CheckResult[]): string[] {
  if (results.length === 0) return [];
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = results.map(
    ({ title, outcome, evidence }) => `| ${cell(title)} | ${word[outcome]} | ${cell(evidence)} |`,
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

function section(one: LessonStep, manifests: Manifests, results: readonly CheckResult[]): string[] {
  const { step, title, text, resources = [], commands, see, mistakes = [], learned, links } = one;
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
    ...mistakeList(mistakes),
    "",
    `**What you learned.** ${learned}`,
    "",
    `Read more: ${links.map(([name, url]) => `[${name}](${url})`).join(", ")}.`,
  ];
}

/**
 * The lesson as Markdown.
 *
 * @param results - checks of this environment, which each step shows as observations
 */
export const lessonPage = (
  steps: readonly LessonStep[],
  { manifests = {}, results = [] }: { readonly manifests?: Manifests; readonly results?: readonly CheckResult[] } = {},
): string =>
  [
    "# The lesson, step by step",
    "",
    "This page needs a running environment (`npm start`), kubectl and istioctl. In ten steps it leads from an empty cluster to a",
    "canary and to tokens. The YAML is what the program applies.",
    "",
    "`npm run verify` makes the same observations by itself. It writes this page to `report/lesson.md`, with your addresses and",
    "results. `npm run verify -- --lesson` makes all the mistakes of this page, and shows the symptom, the cause and the fix of each.",
    ...steps.flatMap((step) => section(step, manifests, results)),
    "",
  ].join("\n");
