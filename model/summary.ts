import type { Reachable } from "./urls";

/** What a person wants to know of an environment that has come up. */
export interface Summary {
  readonly ingressIp: string;
  readonly urls: readonly Reachable[];
  readonly curl: string;
  readonly canaryWeight: number;
  readonly mtlsMode: string;
  /** Why the app does not answer from this host; undefined where it does. */
  readonly silent?: string | undefined;
}

/** The end of an up: where the environment is, and what to try first. */
export function summary({ ingressIp, urls, curl, canaryWeight, mtlsMode, silent }: Summary): string {
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
    "  npm run pulumi -- config set canaryWeight 25 && npm start   # another share for v2",
    "  npm run pulumi -- config set mtlsMode STRICT && npm start   # callers without sidecar are reset",
    "  npm run verify                                              # every step, with what was observed",
    "  npm run destroy                                             # leaves nothing",
  ].join("\n");
}
