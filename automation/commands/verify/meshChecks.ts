import { getFrom } from "../../../host/http";
import { poll } from "../../../host/wait";
import type { Observation } from "../../../model/checks/result";
import { app, serviceHost } from "../../../model/names";
import { remedy } from "../../../model/output/remedy";
import { type Caller, callers, callOutcomes, type Target, targets } from "../../../model/security/mtls";
import { publishedTarget } from "../../stack/runningEnvironment";
import { answersTo, notInMesh } from "./callers";
import type { Check, CheckContext } from "./check";
import { createProbeTargets } from "./probeTargets";

type Answers = ReadonlyMap<Target, string | Error>;

/** Result of a call from each caller to each target: a status, "reset", or the reason why the caller could not call. */
interface Matrix {
  readonly answers: Readonly<Record<Caller, Answers>>;
  /** Targets whose pods should be members of the mesh, and are none. */
  readonly leftOut: readonly Target[];
}

/** Name of the pod that calls as a member of the mesh, in the namespace of the run. */
const memberPod = "in-the-mesh";

/** Seconds in which a new route reaches the ingress gateway. */
const timeout = 20;

async function observe(context: CheckContext): Promise<Matrix> {
  const { api, scratch, settings } = context;
  const host = `${scratch}.${settings.domain}`;
  const targets = await createProbeTargets(context, host);
  const inMesh: readonly (readonly [Target, string])[] = [
    ["appPort", `http://${serviceHost}:${app.port}/`],
    ...targets.map(({ target, host }) => [target, `http://${host}:${app.port}/`] as const),
  ];
  const throughGateway = async (): Promise<Answers> => {
    const call = async (target: Target, difference: object): Promise<[Target, string | Error]> => {
      const response = getFrom({ ...publishedTarget(context), ...difference });
      return [target, await response.then(({ status }) => String(status)).catch((error: Error) => error)];
    };
    const routes = targets.map(({ target, path }) => call(target, { host, path }));
    return new Map(await Promise.all([call("appPort", {}), ...routes]));
  };
  const fromPod = async (isMember: boolean): Promise<Answers> => {
    const name = isMember ? memberPod : "outside-the-mesh";
    const answers = await answersTo(
      api,
      scratch,
      name,
      { dataplane: settings.dataplane, isMember },
      inMesh.map(([, url]) => url),
    ).catch((error: Error) => error);
    return new Map(inMesh.map(([target], i) => [target, answers instanceof Error ? answers : (answers[i] ?? "")]));
  };
  // the gateway comes first: once it has the new Services, pods that start later have them too
  const gateway = await poll(timeout, throughGateway, (answers) =>
    [...answers.values()].every((answer) => answer === "200"),
  );
  const [outsider, member] = await Promise.all([fromPod(false), fromPod(true)]);
  return {
    answers: { gateway, member, outsider },
    leftOut: targets.flatMap(({ target, isLeftOut }) => (isLeftOut ? [target] : [])),
  };
}

const observed = new WeakMap<CheckContext, Promise<Matrix>>();
/** Makes the calls once for all checks of a run. */
export const callMatrix = (context: CheckContext): Promise<Matrix> => {
  const matrix = observed.get(context) ?? observe(context);
  observed.set(context, matrix);
  return matrix;
};

async function observeTarget(target: Target, context: CheckContext): Promise<Observation> {
  const row = callOutcomes(context.settings).find((outcome) => outcome.target === target);
  if (!row) throw new Error(`there is no ${target}`);
  const { answers, leftOut } = await callMatrix(context);
  const results = callers.map((caller) => answers[caller].get(target) ?? new Error("not called"));
  const texts = row.calls.map(({ name }, i) => {
    const answer = results[i];
    return `${name}: ${answer instanceof Error ? answer.message : answer}`;
  });
  const evidence = `${texts.join(", ")}; ${row.mode} by ${row.scope}${row.isMember ? "" : ", no sidecar"}`;
  if (leftOut.includes(target)) throw new Error(`${evidence}, but ${notInMesh[context.settings.dataplane]}`);
  if (results.some((answer) => answer instanceof Error)) throw new Error(evidence);
  const wanted = row.calls.map(({ call }) => (call === "reset" ? "reset" : "200"));
  return { passed: results.every((answer, i) => answer === wanted[i]), evidence };
}

/** One check for each scope of mTLS: the result of a call from every kind of caller. */
export const meshChecks: readonly Check[] = (Object.keys(targets) as Target[]).map((target) => ({
  step: 8,
  id: `mtls-${target}`,
  title: `a call to ${targets[target]} ends as the mTLS mode says`,
  section: "inside-the-mesh",
  remedy: remedy`${{ command: "pulumi", args: "stack output mtls" }} shows which scope decides`,
  run: (context) => observeTarget(target, context),
}));
