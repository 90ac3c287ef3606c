import fc from "fast-check";

const port = fc.integer({ min: 1, max: 65535 }).map(String);
const labels = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}[a-z0-9]$/);

/** Configurations that mostly are acceptable, over all that the custom resources are made from. */
export const acceptable = fc.record(
  {
    httpPort: port,
    httpsPort: port,
    subnet: fc
      .tuple(fc.nat(255), fc.integer({ min: 20, max: 26 }))
      .map(([third, prefix]) => `10.60.${third - (third % 16)}.0/${prefix}`),
    domain: fc.array(labels, { minLength: 2, maxLength: 4 }).map((parts) => parts.join(".")),
    mtlsMode: fc.constantFrom("PERMISSIVE", "STRICT", "DISABLE"),
    mtlsNamespaceMode: fc.constantFrom("UNSET", "PERMISSIVE", "STRICT", "DISABLE"),
    mtlsWorkloadMode: fc.constantFrom("UNSET", "PERMISSIVE", "STRICT", "DISABLE"),
    mtlsPortMode: fc.constantFrom("UNSET", "PERMISSIVE", "STRICT", "DISABLE"),
    canaryWeight: fc.integer({ min: 0, max: 100 }).map(String),
    canaryHeader: fc.constantFrom("off", "x-canary", "x-version-2"),
    canaryAffinity: fc.constantFrom("0", "600"),
    mirrorPercent: fc.integer({ min: 0, max: 100 }).map(String),
    tokens: fc.constant("true"),
    loginIssuer: fc.constantFrom("none", "https://login.test/realm"),
    loginClient: fc.constant("mesh"),
    loginClientSecret: fc.constant("s"),
    agents: fc.integer({ min: 0, max: 8 }).map(String),
  },
  { requiredKeys: [] },
);
