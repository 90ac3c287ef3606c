import assert from "node:assert/strict";
import fc from "fast-check";
import { type KeyName, keys } from "../../model/settings/contract";
import { explain, parseSettings, problemsOf } from "../../model/settings/parse";

const keysAtFault = (config: Readonly<Record<string, string>>) => parseSettings(config).problems.map(({ key }) => key);

/** Values that must be refused, each alone beside defaults. */
const refused: Readonly<Partial<Record<KeyName, readonly string[]>>> = {
  cluster: ["", "K3d", "kind", "own"],
  kubeContext: ["", "a b", "a,b", "none,a"],
  allowedContexts: ["", "a,,b", "a, b c", "a,a", "none,a"],
  existingNamespaces: ["", "default", "istio-system,kube-system", "helloworld,helloworld"],
  loadBalancer: ["", "on", "servicelb", "off"],
  clusterName: ["", "Istio", "1istio", "-istio", "istio-", "is tio", "istio_1", "i".repeat(33), "istio.dev", "ïstio"],
  agents: ["-1", "9", "1.5", "one", "", "01", "1e1", "+1", " 1"],
  httpPort: ["0", "-80", "65536", "80.5", "http", "", "0x50", "080"],
  httpsPort: ["0", "-443", "65536", "https", "443 ", "99999999999"],
  subnet: [
    "",
    "10.44.0.0",
    "10.44.0.1/24",
    "10.44.0.0/28",
    "10.0.0.0/8",
    "8.8.8.0/24",
    "10.44.0/24",
    "10.44.0.256/24",
    "fd00::/64",
    "10.44.0.0/33",
    "127.0.0.0/24",
    "169.254.0.0/24",
    "010.44.0.0/24",
    "10.44.0.0/24 ",
    "224.0.0.0/24",
  ],
  pool: [
    "",
    "Auto",
    "10.44.0.240",
    "10.44.0.250-10.44.0.240",
    "10.44.0.240/28",
    "10.44.0.240-",
    "-10.44.0.250",
    "10.44.0.240-10.44.0.256",
    "10.44.0.240-10.44.0.245-10.44.0.250",
    "fd00::1-fd00::9",
    "240-250",
  ],
  registry: ["yes", "True", "1", "", "on"],
  domain: [
    "",
    "localhost",
    "Istio.localhost",
    "istio..localhost",
    ".istio.localhost",
    "istio.localhost.",
    "*.istio.localhost",
    "is_tio.localhost",
    "-a.b",
    "a.1",
    `${"a".repeat(64)}.b`,
    "http://a.b",
    "a.b:80",
    `${"a.".repeat(120)}bc`,
    "cluster.local",
    "svc.cluster.local",
    "helloworld.svc.cluster.local",
    "istio-system.svc.cluster.local",
    "helloworld.svc",
  ],
  k3sVersion: ["", "latest", "v1.34.4", "1.34.4-k3s1", "v1.34-k3s1", "v1.34.4+k3s1", "v2.0.0-k3s1"],
  metallbVersion: ["", "latest", "0.15", "v0.15.2", "0.14.9", "1.0.0", "0.15.2-rc1"],
  istioVersion: ["", "latest", "1.30", "v1.30.3", "1.29.0", "2.0.0", "1.30.3-alpha.0", "~1.30.3"],
  metallbChartRepository: [
    "",
    "charts",
    "ftp://a.b/c",
    "https://user:secret@a.b/c",
    "https://",
    "file:///charts",
    "https://a.b/c?x=1",
    "https://a.b/c#x",
    " https://a.b",
    "https:/a.b/c",
    "https:a.b/c",
    "https:\\\\a.b\\c",
    "https://a.b/\tc",
    "https://A.B/c",
    "https://a.b:443/c",
    "https://a.b/c/../d",
    "https://b\u00fccher.de/c",
  ],
  istioChartRepository: ["", "istio", "ssh://a.b/c", "https://token@a.b/c", "javascript:alert(1)"],
  istioHub: [
    "",
    "docker.io/istio:1.30.3",
    "https://docker.io/istio",
    "docker.io/Istio",
    "docker.io/",
    "istio",
    "docker.io/istio@sha256:00",
  ],
  telemetry: ["no", "FALSE", "0"],
  appImage: ["", "hello-app:1.0", "a/b:latest", "a//b", "a/b/"],
  keyAlgorithm: ["", "ecdsa", "ED25519", "RSA4096"],
  certificateDays: ["0", "6", "826", "3650", "90d", "-90"],
  sidecarInjection: ["", "true", "Namespace", "pod"],
  mtlsMode: ["", "strict", "UNSET", "Strict", "MUTUAL"],
  mtlsNamespaceMode: ["", "strict", "MUTUAL"],
  mtlsWorkloadMode: ["", "strict", "true"],
  mtlsPortMode: ["", "strict", "8080"],
  mtlsPort: ["80", "443", "0", "http", "8081"],
  canaryWeight: ["-1", "101", "12.5", "ten", "10%", "", "1e2"],
  canaryHeader: [
    "",
    "X-Canary",
    "canary",
    "x-",
    "x-canary: always",
    "cookie",
    "x-request-id",
    "x-envoy-retry-on",
    `x-${"a".repeat(63)}`,
  ],
  canaryAffinity: ["-1", "86401", "1h", ""],
  tokens: ["jwt", "True", ""],
  prometheus: ["", "yes"],
  grafana: ["", "1"],
  kiali: ["", "yes"],
  loginIssuer: ["", "login.example.com", "ftp://a.b", "https://user:pass@a.b", "https://a.b/?x=1", "off"],
  loginClient: ["", "two words", "a,b", "a".repeat(256)],
  loginClientSecret: ["", "two words"],
  imageCache: ["yes", "docker.io"],
  registryMirrors: [
    "",
    "docker.io",
    "docker.io=mirror",
    "https://docker.io=https://a.b",
    "a.b=https://c,a.b=https://d",
  ],
  pullSecret: [
    "",
    "user:pass",
    "{}",
    '{"auths":{}}',
    '{"auths":{"ghcr.io":{}}}',
    '{"auths":{"ghcr.io":{"username":"u"}}}',
    '{"auths":{"ghcr.io":{"auth":""}}}',
    '{"auths":{"ghcr.io":{"auth":"%%%"}}}',
  ],
  metallbChartAuth: ["", "user", ":pass", "user:", "us er:pass"],
  istioChartAuth: ["", "user", ":pass", "user:", "us er:pass"],
  appSource: ["", "docker", "Folder"],
  appRegistry: ["", "none", "ghcr.io", "https://ghcr.io/me", "ghcr.io/me:1"],
  trustedCas: ["", "none", "0", "1,1", "2,1", "1 2", "1,2,3,4", "100", "one"],
  signingCa: ["0", "100", "1.5", ""],
  mirrorPercent: ["-1", "101", "0.5", ""],
};

/** Configurations that are wrong by more than one key together, with the key that is named. */
const clashes: readonly (readonly [Readonly<Record<string, string>>, string])[] = [
  [{ httpPort: "443" }, "httpsPort"],
  [{ httpPort: "8080", httpsPort: "8080" }, "httpsPort"],
  [{ subnet: "10.42.0.0/16" }, "subnet"],
  [{ subnet: "10.43.7.0/24" }, "subnet"],
  [{ pool: "10.45.0.240-10.45.0.250" }, "pool"],
  [{ pool: "10.44.0.1-10.44.0.250" }, "pool"],
  [{ pool: "10.44.0.250-10.44.0.255" }, "pool"],
  [{ pool: "10.44.0.250-10.44.1.5" }, "pool"],
  [{ pool: "10.44.0.0-10.44.0.0" }, "pool"],
  [{ subnet: "172.30.0.0/24", pool: "10.44.0.240-10.44.0.250" }, "pool"],
  [{ subnet: "192.168.250.0/27", agents: "8" }, "subnet"],
  [{ mtlsMode: "STRICT", sidecarInjection: "off" }, "mtlsMode"],
  [{ mtlsNamespaceMode: "STRICT", sidecarInjection: "off" }, "mtlsNamespaceMode"],
  [{ mtlsPortMode: "STRICT", sidecarInjection: "off" }, "mtlsPortMode"],
  [{ grafana: "true" }, "grafana"],
  [{ kiali: "true" }, "kiali"],
  [{ loginIssuer: "https://a.b", loginClient: "mesh", loginClientSecret: "s" }, "loginIssuer"],
  [{ loginIssuer: "https://a.b", tokens: "true", loginClientSecret: "s" }, "loginIssuer"],
  [{ loginIssuer: "https://a.b", tokens: "true", loginClient: "mesh" }, "loginIssuer"],
  [{ signingCa: "2" }, "signingCa"],
  [{ appSource: "folder", registry: "false" }, "appSource"],
  [{ appSource: "folder", cluster: "existing", kubeContext: "dev", allowedContexts: "dev" }, "appSource"],
  [{ trustedCas: "5,6,7" }, "signingCa"],
  [{ cluster: "existing" }, "cluster"],
  [{ cluster: "existing", allowedContexts: "dev" }, "cluster"],
  [{ cluster: "existing", kubeContext: "prod" }, "kubeContext"],
  [{ cluster: "existing", kubeContext: "prod", allowedContexts: "dev,test" }, "kubeContext"],
  [{ cluster: "existing", kubeContext: "dev", allowedContexts: "dev", httpPort: "8080" }, "httpPort"],
  [{ cluster: "existing", kubeContext: "dev", allowedContexts: "dev", httpsPort: "8443" }, "httpsPort"],
  [{ existingNamespaces: "istio-system" }, "existingNamespaces"],
  [{ k3sVersion: "v1.31.1-k3s1" }, "k3sVersion"],
  [{ k3sVersion: "v1.37.0-k3s1" }, "k3sVersion"],
];

describe("settings", () => {
  it("takes an empty configuration as all defaults", () => {
    const { settings, problems } = parseSettings({});
    assert.deepEqual(problems, []);
    for (const [name, key] of Object.entries(keys)) assert.equal(settings?.[name as KeyName], key.default, name);
  });

  it("has a table of at least 100 refused configurations that covers every key", () => {
    const count = Object.values(refused).flat().length + clashes.length;
    assert.ok(count >= 100, `${count} configurations`);
    assert.deepEqual(Object.keys(refused).sort(), Object.keys(keys).sort());
  });

  for (const [key, values] of Object.entries(refused))
    it(`refuses ${key} = ${values.map((value) => JSON.stringify(value).slice(0, 24)).join(", ")}`, () => {
      for (const value of values) assert.deepEqual(keysAtFault({ [key]: value }), [key], value);
    });

  for (const [config, key] of clashes)
    it(`refuses ${JSON.stringify(config)} by naming ${key}`, () => {
      assert.deepEqual(keysAtFault(config), [key]);
    });

  it("names every problem at once, with key, value, what is allowed and what to do", () => {
    const { problems } = parseSettings({ canaryWeight: "101", canaryWieght: "5", mtlsMode: "strict", zone: "x" });
    assert.equal(
      explain(problems),
      [
        "4 problems in the stack's configuration, nothing was changed:",
        "  canaryWieght is not a key; did you mean canaryWeight?; fix: npm run pulumi -- config rm canaryWieght",
        "  zone is not a key; fix: npm run pulumi -- config rm zone",
        '  mtlsMode = "strict" must be one of PERMISSIVE, STRICT, DISABLE; fix: npm run pulumi -- config set mtlsMode STRICT',
        '  canaryWeight = "101" must be an integer from 0 to 100; fix: npm run pulumi -- config set canaryWeight 10',
      ].join("\n"),
    );
  });

  it("shows nothing of what is secret, and asks that it be encrypted", () => {
    const raw = { pullSecret: "hunter2", istioChartAuth: "user:hunter3" };
    const problems = problemsOf(raw, { plain: ["istioChartAuth"] });
    assert.equal(
      explain(problems),
      [
        "2 problems in the stack's configuration, nothing was changed:",
        '  pullSecret must be none or JSON such as {"auths":{"ghcr.io":{"auth":"dXNlcjpwYXNz"}}}; fix: npm run pulumi -- config set pullSecret none',
        "  istioChartAuth must be encrypted, and stands as plain text in the stack's file; fix: npm run pulumi -- config set --secret istioChartAuth",
      ].join("\n"),
    );
  });

  it("names the right port where the Service's was given for the container's", () => {
    assert.match(
      explain(parseSettings({ mtlsPort: "80" }).problems),
      /mtlsPort = "80" must be a container port of helloworld, 8080; the Service's port 80 has no effect here; fix: npm run pulumi -- config set mtlsPort 8080$/,
    );
  });

  /** A configuration after the remedy of each of its problems was followed. */
  const afterRemedies = (config: Readonly<Record<string, string>>) => {
    const mended: Record<string, string> = { ...config };
    for (const { remedy } of parseSettings(config).problems) {
      const [, verb, ...words] = /^npm run pulumi -- config (set|rm) (\S+)(?: (\S+))?$/.exec(remedy) ?? [];
      assert.ok(verb, remedy);
      // Pulumi prompts for the value of a secret
      const [key = "", value] = words[0] === "--secret" ? [words[1], "typed"] : words;
      assert.equal(value === undefined, verb === "rm", remedy);
      if (value === undefined) delete mended[key];
      else mended[key] = value;
    }
    return mended;
  };

  it("follows its own advice: remedies lead to an accepted configuration in at most two rounds", () => {
    const broken = [
      ...Object.entries(refused).flatMap(([key, values]) => values.map((value) => ({ [key]: value }))),
      ...clashes.map(([config]) => config),
    ];
    for (const config of broken)
      assert.deepEqual(parseSettings(afterRemedies(afterRemedies(config))).problems, [], JSON.stringify(config));
  });

  it("never throws and never accepts what it also refuses, whatever the texts", () => {
    const anyConfig = fc.dictionary(fc.oneof(fc.constantFrom(...Object.keys(keys)), fc.string()), fc.string(), {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(anyConfig, (config) => {
        const { settings, problems } = parseSettings(config);
        assert.equal(settings === undefined, problems.length > 0);
      }),
    );
  });

  it("keeps every accepted weight as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100 }), (weight) => {
        assert.equal(parseSettings({ canaryWeight: String(weight) }).settings?.canaryWeight, weight);
      }),
    );
  });
});
