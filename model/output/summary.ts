import type { Reachable } from "../traffic/urls";
import { configSet, forNpm, run, type Writer } from "./remedy";
import { columns } from "./table";

/** Facts about an environment after an `up`. */
export interface Summary {
  readonly ingressIp: string;
  readonly urls: readonly Reachable[];
  readonly curl: string;
  readonly canaryWeight: number;
  readonly mtlsMode: string;
  /** True if the app has sidecars. Without them STRICT is rejected. */
  readonly sidecars: boolean;
  /** Reason why the app does not answer from this host. Undefined if it answers. */
  readonly silent?: string | undefined;
}

/** Commands to try next, each with its effect. */
function suggestions({ canaryWeight, mtlsMode, sidecars }: Summary, commands: Writer): string[] {
  const config = (key: string, value: number | string) =>
    `${commands(configSet(key, value))} && ${commands(run("up"))}`;
  const mode: [string, string] =
    mtlsMode === "STRICT"
      ? [config("mtlsMode", "PERMISSIVE"), "callers without sidecar get an answer again"]
      : [config("mtlsMode", "STRICT"), "callers without sidecar are reset"];
  const rows: [string, string][] = [
    [config("canaryWeight", canaryWeight === 25 ? 50 : 25), "another share for v2"],
    ...(sidecars ? [mode] : []),
    [commands(run("verify")), "every step, with what was observed"],
    [commands(run("destroy")), "leaves nothing"],
  ];
  return columns(rows.map(([command, effect]) => [`  ${command}`, ` # ${effect}`]));
}

/** Last lines of an `up`: the addresses of the environment, and commands to try next. */
export function summary(environment: Summary, commands: Writer = forNpm()): string {
  const { ingressIp, urls, curl, canaryWeight, mtlsMode, silent } = environment;
  return [
    "",
    ...(silent === undefined
      ? []
      : [`the app does not answer from this host: ${silent}; ${commands(run("verify"))} shows what does`]),
    `the environment is ${silent === undefined ? "up" : "made"}: ingress ${ingressIp}, ${canaryWeight} % to v2, mTLS ${mtlsMode}`,
    ...columns(urls.map(({ url, address, from }) => [`  ${url}`, `at ${address}, from ${from}`])),
    "",
    "try:",
    `  ${curl}`,
    ...suggestions(environment, commands),
  ].join("\n");
}
