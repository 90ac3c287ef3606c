import { forNpm, run } from "../../output/remedy";
import type { Settings } from "../../settings/contract";
import { canarySteps } from "./canary";
import { clusterSteps } from "./cluster";
import { ingressSteps } from "./ingress";
import { introduction } from "./introduction";
import { meshSteps } from "./mesh";
import { otherSteps } from "./others";
import { type LessonPageArgs, section } from "./section";
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
    ...clusterSteps(settings, ingressIp, commands),
    ...ingressSteps(settings, ingressIp, commands),
    ...meshSteps(settings, commands),
    ...canarySteps(settings, commands),
    ...otherSteps(settings, commands),
  ];
}

const ending = (stack: string | undefined): string[] => [
  "",
  "## The end of the lesson",
  "",
  `\`${forNpm(stack)(run("try", "--remove"))}\` removes what the last folder left. \`${forNpm(stack)(run("destroy"))}\` removes the whole environment.`,
  "[Test your own mesh configuration](try.md) shows how to do with your own manifests what the folders of the lesson do.",
  "",
];

/** The lesson as Markdown. */
export function lessonPage(steps: readonly LessonStep[], args: LessonPageArgs = {}): string {
  const sections = steps.map((step) => section(step, args));
  return [...introduction(sections, args.stack), ...sections.flatMap(({ lines }) => lines), ...ending(args.stack)].join(
    "\n",
  );
}
