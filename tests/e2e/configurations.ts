/** Configurations that are applied in turn to one environment, each with its description. */
export const configurations: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ["by default", {}],
  ["with the mesh STRICT", { mtlsMode: "STRICT" }],
  ["with the namespace STRICT", { mtlsNamespaceMode: "STRICT" }],
  ["with the pods STRICT", { mtlsWorkloadMode: "STRICT" }],
  ["with one port STRICT", { mtlsPortMode: "STRICT" }],
  ["with a port open in a STRICT mesh", { mtlsMode: "STRICT", mtlsPortMode: "PERMISSIVE" }],
  ["with mTLS off for the pods", { mtlsWorkloadMode: "DISABLE" }],
  ["with sidecars asked for by the Deployments", { sidecarInjection: "deployment", mtlsMode: "STRICT" }],
  ["without sidecars", { sidecarInjection: "off" }],
  ["with every way to version 2", { canaryHeader: "x-canary", canaryAffinity: "60", mirrorPercent: "50" }],
  ["with tokens", { tokens: "true" }],
];
