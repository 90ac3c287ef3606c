import versions from "../../../versions.json";
import { app } from "../../names";
import { configSet, forNpm, run } from "../../output/remedy";
import type { Settings } from "../../settings/contract";
import { type CurlOptions, curlLine } from "../../traffic/urls";

/** The end of a step, after its exercises. */
export interface StepEnd {
  readonly title: string;
  readonly text: string;
  readonly commands: readonly string[];
  /** Lines that the commands print, in their order. `…` stands for any text. @default none */
  readonly output?: readonly string[];
  /** A command that shows the effect of the others, and its output. @default none */
  readonly inspection?: { readonly command: string; readonly output: readonly string[] };
  /** Commands that remove what the others created. @default none */
  readonly cleanup?: readonly string[];
}

/** One step of the lesson. */
export interface LessonStep {
  readonly step: number;
  readonly title: string;
  readonly text: string;
  /** Kinds of the resources whose manifests the step explains. @default none */
  readonly resources?: readonly string[];
  /** Time of the step's commands with its folders, in seconds. The nightly test of the pages prints it. */
  readonly commandSeconds: number;
  /** Commands to type, one a line. */
  readonly commands: readonly string[];
  /** Text that says what the reader should see. */
  readonly expected: string;
  /** Lines that the commands print, in their order. `…` stands for any text. @default none */
  readonly output?: readonly string[];
  /** Commands to type after the exercises, and their output. @default none */
  readonly afterwards?: StepEnd;
  /** Folders of examples/mistakes that belong to the step. @default none */
  readonly mistakes?: readonly string[];
  readonly learned: string;
  /** Pages to read next: title and URL. */
  readonly links: readonly (readonly [title: string, url: string])[];
}

/** Link to a page of Istio's documentation. */
export const istioDocs = (title: string, page: string) => [title, `https://istio.io/latest/docs/${page}/`] as const;

/** Commands of the lesson for one environment. */
export interface LessonCommands {
  /** Command that sets a key and applies it. */
  set(key: string, value: string | number): string;
  /** Command that applies the program by plain Pulumi, with options. */
  update(args: string): string;
  /** Command that prints an output of the stack. */
  output(args: string): string;
  /** Command that starts a rollout, with its options. */
  rollout(args: string): string;
  /** Command that runs a mesh test, by its folder and options. */
  meshTest(args: string): string;
  /** Command that sends a request to the app. */
  curl(options?: CurlOptions): string;
  /** Command that sends a request and prints only its status. */
  status(options?: CurlOptions): string;
  /** Commands that start a pod with or without a sidecar, and wait until it is ready. The pod stays until somebody deletes it. */
  pod(name: string, sidecar: boolean): readonly string[];
  /** Command that sends a request from a running pod. @param url - @default the app's */
  callFrom(name: string, url?: string): string;
}

/**
 * Commands as the reader types them.
 *
 * @param ingressIp - address of the ingress gateway
 * @param stack - the stack of the environment; undefined for the default one
 */
export function lessonCommands(settings: Settings, ingressIp: string, stack?: string): LessonCommands {
  const write = forNpm(stack);
  const curl = (options: CurlOptions = {}) => curlLine(settings, ingressIp, { ...(stack && { stack }), ...options });
  return {
    set: (key, value) => `${write(configSet(key, value))} && ${write(run("up"))}`,
    output: (args) => write({ command: "pulumi", args: `stack output ${args}`, silent: true }),
    update: (args) => write({ command: "pulumi", args: `up ${args}` }),
    rollout: (args) => write(run("rollout", args)),
    meshTest: (args) => write(run("try", args)),
    curl,
    status: (options) => curl({ ...options, flags: "-s -o /dev/null -w '%{http_code}\\n'" }),
    pod: (name, sidecar) => [
      `kubectl run ${name} --image=${versions.curlImage} --labels=sidecar.istio.io/inject=${sidecar} --command -- sleep infinity`,
      `kubectl wait pod ${name} --for=condition=Ready --timeout=2m`,
    ],
    callFrom: (name, url = `http://${app.name}.${app.namespace}/`) => `kubectl exec ${name} -- curl -sS -m 5 ${url}`,
  };
}
