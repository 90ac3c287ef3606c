import type { Reachable } from "../traffic/urls";

/** What a person wants to know of an environment that has come up. */
export interface Summary {
  readonly ingressIp: string;
  readonly urls: readonly Reachable[];
  readonly curl: string;
  readonly canaryWeight: number;
  readonly mtlsMode: string;
  /** Whether the app has sidecars, without which STRICT is refused. */
  readonly sidecars: boolean;
  /** Why the app does not answer from this host; undefined where it does. */
  readonly silent?: string | undefined;
}

/** Commands that each change something of what is, as a table. */
function toTry({ canaryWeight, mtlsMode, sidecars }: Summary): string[] {
  const config = (key: string, value: number | string) => `npm run pulumi -- config set ${key} ${value} && npm start`;
  const mode: [string, string] =
    mtlsMode === "STRICT"
      ? [config("mtlsMode", "PERMISSIVE"), "callers without sidecar get an answer again"]
      : [config("mtlsMode", "STRICT"), "callers without sidecar are reset"];
  const rows: [string, string][] = [
    [config("canaryWeight", canaryWeight === 25 ? 50 : 25), "another share for v2"],
    ...(sidecars ? [mode] : []),
    ["npm run verify", "every step, with what was observed"],
    ["npm run destroy", "leaves nothing"],
  ];
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, what]) => `  ${command.padEnd(width)}   # ${what}`);
}

/** The end of an up: where the environment is, and what to try first. */
export function summary(environment: Summary): string {
  const { ingressIp, urls, curl, canaryWeight, mtlsMode, silent } = environment;
  const width = Math.max(...urls.map(({ url }) => url.length));
  return [
    "",
    ...(silent === undefined
      ? []
      : [`the app does not answer from this host: ${silent}; npm run verify shows what does`]),
    `the environment is ${silent === undefined ? "up" : "made"}: ingress ${ingressIp}, ${canaryWeight} % to v2, mTLS ${mtlsMode}`,
    ...urls.map(({ url, address, from }) => `  ${url.padEnd(width)}  at ${address}, from ${from}`),
    "",
    "try:",
    `  ${curl}`,
    ...toTry(environment),
  ].join("\n");
}
