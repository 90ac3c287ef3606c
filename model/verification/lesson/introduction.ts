import { type CommandWriter, forNpm, run } from "../../output/remedy";
import { markdownTable } from "../../output/table";
import { minutesFor, pace } from "./minutes";
import type { Section } from "./section";

/** Steps after the ones that the goal of 90 minutes is for. */
const firstFurtherStep = 11;

/** Time of the commands before step 1 with the images on the machine, in seconds. */
export const startSeconds = 134;

const sum = (sections: readonly Section[]): number => sections.reduce((total, { minutes }) => total + minutes, 0);

/** Words of a folder and its output that a reader of the lesson has not met before. */
const vocabulary: readonly (readonly [words: string, meaning: string])[] = [
  [
    "a Service without Deployment",
    "`npm run try` starts a small server for it, one for each subset. `by` names the one that answered",
  ],
  ["`from: outside`", "a client outside of the mesh, which connects to the ingress gateway"],
  [
    "`from: visitor/page`",
    "a pod with a sidecar, in the namespace `visitor` with the service account `page`; `(no sidecar)` stands for a pod without one",
  ],
  ["`peer`", "the identity in the caller's certificate, as the target's sidecar saw it; `none` means plain text"],
  ["`refused`, `reset`", "nothing listened on the port; the connection was closed without an answer"],
  ["`why`", "the reason, with file and line. `NR` and the like are flags of Envoy's access log, with their meaning"],
  ["`coverage`", "the routes, subsets and policy rules of the manifests that a request of this run used"],
  ["`not as in your manifests`", "everything that the run replaced or added"],
];

/** The part of the page before step 1. */
function preparation(write: CommandWriter): string[] {
  return [
    "## Before you begin",
    "",
    "```sh",
    write(run("up")),
    "npm run tools",
    'eval "$(npm run --silent env)"',
    "```",
    "",
    "The first line creates the environment. The second one fetches kubectl and istioctl if you have none, and the third one puts them on",
    "the PATH. Type all commands of the lesson in this terminal, in the folder of the project. If you open another terminal, repeat the",
    "third line there, and the `export` of step 1.",
    "",
    "## Folders of the lesson",
    "",
    "Some commands change the environment: its YAML is what the program applies. Others apply a folder of",
    "[examples/lesson](../examples/lesson) beside it. Such a folder holds manifests and the requests of a test, and `npm run try` shows",
    "what each request gets and why. A line with FAIL is a mistake that the next folder mends, and the command then ends with exit code 1.",
    "The page shows each folder's manifests as far as they differ from the folder before. In an output, `…` stands for text that differs.",
    "",
    ...markdownTable([["in a folder or its output", "meaning"], ...vocabulary]),
    "",
    "`--keep` leaves everything in the cluster until the next folder, so that you can look at it with kubectl and istioctl. To change",
    "it yourself, copy the folder:",
    "",
    "```text",
    "$ cp -r examples/lesson/05-gateway/3-bare-name my-mesh    # then edit my-mesh/mesh.yaml",
    `$ ${write(run("try", "my-mesh --keep"))}`,
    "```",
    "",
    `\`${write(run("try", "--remove"))}\` removes what the last folder left. \`${write(run("verify"))}\` makes the observations on the environment by`,
    "itself. It writes this page to `report/lesson.md`, with your addresses and results.",
    `\`${write(run("verify", "--lesson"))}\` runs every folder of this page, compares the results with those shown here, and makes`,
    "all the mistakes, with the symptom, the cause and the fix of each. It needs `mtlsMode = PERMISSIVE`, and ends after 40 minutes at most.",
  ];
}

/**
 * The page before its first step.
 *
 * @param stack - the stack whose commands the lesson shows; undefined for the default one
 */
export function introduction(sections: readonly Section[], stack?: string): string[] {
  const first = sections.filter(({ step }) => step < firstFurtherStep);
  const further = sections.filter(({ step }) => step >= firstFurtherStep);
  const before = preparation(forNpm(stack));
  const total = sum(first) + minutesFor(before, startSeconds);
  const { wordsPerMinute, secondsPerLine, secondsPerCommand, secondsPerExercise } = pace;
  return [
    "# The lesson, step by step",
    "",
    "In ten steps the lesson leads from the nodes of a cluster to a canary and to tokens.",
    `With the start of the environment they take about ${total} minutes.`,
    "Two more steps show the same with the Gateway API, and without sidecars. They take about",
    `${sum(further)} minutes more. You need to know Kubernetes, and nothing about Istio.`,
    "",
    "Each time is a sum. The first part is the time of the commands, measured on a machine with two cores that had the images and",
    `other work. The second part is reading: ${wordsPerMinute} words a minute, ${secondsPerLine} seconds for each new line of YAML or output, and ${secondsPerCommand} seconds to copy a`,
    `command and to compare what it prints. Each exercise has ${secondsPerExercise} seconds of thought. The download of the images comes on top.`,
    "",
    ...before,
  ];
}
