import assert from "node:assert/strict";
import fc from "fast-check";
import { istiodValues } from "../../../model/mesh/meshValues";
import {
  callbackUrl,
  extensionProviders,
  loginPaths,
  loginRoutes,
  proxyArguments,
  readyPath,
} from "../../../model/security/login";
import { authorizationPolicies, loginPolicy, requestAuthenticationSpec } from "../../../model/security/tokens";
import { parseSettings } from "../../../model/settings/parse";
import { virtualServiceSpec } from "../../../model/traffic/traffic";

const { settings } = parseSettings({
  domain: "istio.test",
  httpsPort: "8443",
  tokens: "true",
  canaryHeader: "x-canary",
  loginIssuer: "https://login.test",
  loginClient: "mesh",
  loginClientSecret: "s",
});
assert.ok(settings);
const withLogin = settings;

/** True if a value matches a pattern of an AuthorizationPolicy: exact, or a prefix with a star. */
const matches = (word: string, value: string): boolean =>
  word.endsWith("*") ? value.startsWith(word.slice(0, -1)) : value === word;

const paths = fc.oneof(
  fc.constantFrom("/", "/oauth2", "/oauth2/", "/oauth2/callback", "/robots.txt", "/robots.txt/", "/ping", "/ready"),
  fc.webPath().map((path) => `/${path}`),
  fc.webPath().map((path) => `/oauth2${path}`),
);
const headers = fc.oneof(
  fc.constantFrom("", "Bearer", "Bearer ", "Bearer x", "bearer x", "Basic x", "BearerX"),
  fc.string().map((text) => `Bearer ${text}`),
  fc.string(),
);

describe("a login at the ingress gateway", () => {
  const [rule] = loginPolicy("istio.test").spec.rules ?? [];

  it("leads every path that it does not ask about to oauth2-proxy, before any route to the app", () => {
    const [redirect, first, ...others] = virtualServiceSpec(withLogin).http ?? [];
    assert.ok(redirect?.redirect);
    const routed = (path: string) =>
      (first?.match ?? []).some(({ uri }) => path === uri?.exact || (uri?.prefix && path.startsWith(uri.prefix)));
    fc.assert(
      fc.property(paths, (path) => {
        const free = loginPaths.some((word) => matches(word, path));
        assert.equal(routed(path), free, path);
      }),
    );
    const host = (route: typeof first) => route?.route?.[0]?.destination.host;
    assert.equal(host(first), "oauth2-proxy.istio-system.svc.cluster.local");
    for (const route of others) assert.match(host(route) ?? "", /^helloworld\./);
    assert.deepEqual(rule?.to?.[0]?.operation?.notPaths, loginPaths);
  });

  it("requires a token of every request that it does not redirect to the login", () => {
    const unasked = rule?.when?.[0]?.notValues ?? [];
    const [required] = authorizationPolicies(withLogin);
    const [{ when = [], from = [], to = [] } = {}] = required?.spec.rules ?? [];
    assert.deepEqual(from, [{ source: { notRequestPrincipals: ["*"] } }]);
    assert.equal(to[0]?.operation?.paths, undefined);
    fc.assert(
      fc.property(headers, (header) => {
        const skipsLogin = unasked.some((word) => matches(word, header));
        const needsToken = (when[0]?.values ?? []).some((word) => matches(word, header));
        assert.ok(!skipsLogin || needsToken, header);
      }),
    );
  });

  it("keeps the token in the request that Envoy would take out, so that whoever looks later still sees it", () => {
    const forwarded = (loginIssuer: string) =>
      requestAuthenticationSpec({ domain: "istio.test", loginIssuer }, "{}").jwtRules?.[0]?.forwardOriginalToken;
    assert.deepEqual([forwarded("https://login.test"), forwarded("none")], [true, undefined]);
  });

  it("keeps the pages of oauth2-proxy below one path, and allows no request without a decision of the proxy", () => {
    const flags = proxyArguments(withLogin);
    for (const [name, value] of [
      ["ping-path", "/oauth2/ping"],
      ["ready-path", readyPath],
      ["redirect-url", "https://helloworld.istio.test:8443/oauth2/callback"],
      ["upstream", "static://200"],
      ["oidc-issuer-url", "https://login.test"],
      ["client-id", "mesh"],
    ])
      assert.ok(flags.includes(`--${name}=${value}`), name);
    for (const path of ["/oauth2/ping", readyPath, new URL(callbackUrl(withLogin)).pathname])
      assert.ok(loginPaths.some((word) => matches(word, path)));
    assert.ok(!flags.some((argument) => /secret|skip-auth/.test(argument)));
  });

  it("leaves it to the issuer if it asks a user for consent", () => {
    assert.ok(proxyArguments(withLogin).includes("--approval-prompt=auto"));
  });

  it("configures the extension provider that the policy names, and none without a login", () => {
    const from = { hub: "h", version: "1.30.3", telemetry: true, pullSecrets: [], dataplane: "sidecar" as const };
    const [provider] = extensionProviders(withLogin);
    assert.equal(provider?.name, loginPolicy("istio.test").spec.provider?.name);
    assert.deepEqual(istiodValues({ ...from, ...withLogin }).meshConfig?.extensionProviders, [provider]);
    assert.equal(istiodValues({ ...from, loginIssuer: "none", tokens: false }).meshConfig, undefined);
    assert.deepEqual(loginRoutes({ loginIssuer: "none" }), []);
  });

  it("decodes and merges slashes before policies match paths, as soon as tokens are required", () => {
    const { meshConfig } = istiodValues({
      ...{ hub: "h", version: "1.30.3", telemetry: true, pullSecrets: [], dataplane: "sidecar" as const },
      ...withLogin,
    });
    assert.deepEqual(meshConfig?.pathNormalization, { normalization: "DECODE_AND_MERGE_SLASHES" });
  });

  it("denies every spelling of /admin that path normalization does not unify", () => {
    const admins = authorizationPolicies(withLogin).find(({ name }) => name === "admins-only");
    const denied = admins?.spec.rules?.[0]?.to?.[0]?.operation?.paths ?? [];
    for (const path of ["/admin", "/admin/", "/admin/x", "/admin;x=1", "/admin;jsessionid=1/x"])
      assert.ok(
        denied.some((word) => matches(word, path)),
        path,
      );
    for (const path of ["/", "/administrator", "/x/admin"])
      assert.ok(!denied.some((word) => matches(word, path)), path);
  });
});
