import { get } from "../../../host/http";
import { watch } from "../../../host/wait";
import { app, serviceHost } from "../../../model/names";
import { type Caller, callers, calls, type Target, targets } from "../../../model/security/mtls";
import { published } from "../../stack/running";
import { makeBystanders } from "./bystanders";
import { answersTo } from "./callers";
import type { Check, Seen, Subject } from "./check";

type Answers = ReadonlyMap<Target, string | Error>;

/** What each caller gets from each target: a status, "reset", or why it could not ask. */
interface Matrix {
  readonly answers: Readonly<Record<Caller, Answers>>;
  /** Targets whose pods lack the sidecar that they should have. */
  readonly bare: readonly Target[];
}

/** Seconds in which a new route reaches the ingress gateway. */
const reach = 20;

async function observe(subject: Subject): Promise<Matrix> {
  const { api, scratch, settings } = subject;
  const host = `${scratch}.${settings.domain}`;
  const them = await makeBystanders(subject, host);
  const inMesh: readonly (readonly [Target, string])[] = [
    ["appPort", `http://${serviceHost}:${app.port}/`],
    ...them.map(({ target, host }) => [target, `http://${host}:${app.port}/`] as const),
  ];
  const throughGateway = async (): Promise<Answers> => {
    const ask = async (target: Target, difference: object): Promise<[Target, string | Error]> => {
      const seen = get({ ...published(subject), ...difference });
      return [target, await seen.then(({ status }) => String(status)).catch((error: Error) => error)];
    };
    const routes = them.map(({ target, path }) => ask(target, { host, path }));
    return new Map(await Promise.all([ask("appPort", {}), ...routes]));
  };
  const fromPod = async (injected: boolean): Promise<Answers> => {
    const name = injected ? "with-sidecar" : "without-sidecar";
    const answers = await answersTo(
      api,
      scratch,
      name,
      injected,
      inMesh.map(([, url]) => url),
    ).catch((error: Error) => error);
    return new Map(inMesh.map(([target], i) => [target, answers instanceof Error ? answers : (answers[i] ?? "")]));
  };
  // first the gateway: once it knows the new Services, so do the pods that start after it
  const gateway = await watch(reach, throughGateway, (seen) => [...seen.values()].every((answer) => answer === "200"));
  const [without, sidecar] = await Promise.all([fromPod(false), fromPod(true)]);
  return {
    answers: { "ingress gateway": gateway, "pod with sidecar": sidecar, "pod without sidecar": without },
    bare: them.flatMap(({ target, bare }) => (bare ? [target] : [])),
  };
}

const observed = new WeakMap<Subject, Promise<Matrix>>();
/** The calls are made once for all checks of a run. */
const once = (subject: Subject): Promise<Matrix> => {
  const matrix = observed.get(subject) ?? observe(subject);
  observed.set(subject, matrix);
  return matrix;
};

async function see(target: Target, subject: Subject): Promise<Seen> {
  const row = calls(subject.settings).find((each) => each.target === target);
  if (!row) throw new Error(`there is no ${target}`);
  const { answers, bare } = await once(subject);
  const seen = callers.map((caller) => answers[caller].get(target) ?? new Error("not asked"));
  const told = callers.map((caller, i) => {
    const answer = seen[i];
    return `${caller}: ${answer instanceof Error ? answer.message : answer}`;
  });
  const evidence = `${told.join(", ")}; ${row.mode} by ${row.scope}${row.injected ? "" : ", no sidecar"}`;
  if (bare.includes(target)) throw new Error(`${evidence}, but the pod got no sidecar`);
  if (seen.some((answer) => answer instanceof Error)) throw new Error(evidence);
  const wanted = row.calls.map(({ call }) => (call === "reset" ? "reset" : "200"));
  return { holds: seen.every((answer, i) => answer === wanted[i]), evidence };
}

/** For each place where an mTLS mode of its own can hold, what every kind of caller gets there. */
export const meshChecks: readonly Check[] = (Object.keys(targets) as Target[]).map((target) => ({
  step: 8,
  name: `a call to ${targets[target]} ends as the mTLS mode says`,
  see: (subject) => see(target, subject),
}));
