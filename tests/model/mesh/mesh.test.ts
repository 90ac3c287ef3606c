import assert from "node:assert/strict";
import { abandonedRevisions, releaseNames } from "../../../model/mesh/releases";
import { retryAfter } from "../../../model/mesh/webhook";
import { appUrls, curlLine } from "../../../model/traffic/urls";

describe("Helm releases after a kill", () => {
  const revision = (release: string, status: string) => ({ namespace: "istio-system", release, status });
  const known = new Set(["istio-system/istiod"]);

  for (const [release, status, forgotten] of [
    ["istiod", "deployed", false],
    ["istiod", "superseded", false],
    ["istiod", "failed", false],
    ["istiod", "pending-install", true],
    ["istiod", "pending-upgrade", true],
    ["istiod-1-30-3", "pending-install", true],
    ["istiod-1-30-3", "deployed", true],
    ["istiod-1-31-0-rc-0", "pending-install", true],
    ["istiod-1-29-1", "deployed", false],
    ["istiod-1-29-1", "pending-install", false],
    ["istiod-mine", "pending-install", false],
    ["istio-base", "deployed", true],
    ["istio-ingressgateway", "superseded", true],
    ["istio-egressgateway", "deployed", false],
    ["istio-egressgateway", "pending-install", false],
    ["metallb", "deployed", false],
  ] as const)
    it(`${forgotten ? "forget" : "keep"} ${release} when it is ${status}`, () => {
      const made = releaseNames({
        istioVersion: "1.30.3",
        nextIstioVersion: "1.31.0-rc.0",
        dataplane: "sidecar",
        routing: "istio",
      });
      assert.equal(abandonedRevisions([revision(release, status)], made, known).length, forgotten ? 1 : 0);
    });

  it("keep the user's own release called istiod, as Istio's documentation installs it, unless the state has it", () => {
    const made = releaseNames({
      istioVersion: "1.30.3",
      nextIstioVersion: "none",
      dataplane: "sidecar",
      routing: "istio",
    });
    for (const status of ["deployed", "pending-install"])
      assert.deepEqual(abandonedRevisions([revision("istiod", status)], made, new Set()), []);
  });
});

describe("the URLs of the app", () => {
  it("begin with the port that the host publishes", () => {
    assert.deepEqual(
      appUrls({ cluster: "k3d", domain: "a.b", httpsPort: 8443 }, "10.44.0.239").map(({ url, address, port }) => [
        url,
        address,
        port,
      ]),
      [
        ["https://helloworld.a.b:8443/", "127.0.0.1", 8443],
        ["https://helloworld.a.b/", "10.44.0.239", 443],
      ],
    );
  });

  it("come with a curl command that needs no entry in the hosts file", () => {
    assert.equal(
      curlLine({ cluster: "k3d", domain: "a.b", httpsPort: 8443, tokens: false }, "10.44.0.239"),
      "curl --cacert ca.pem --resolve helloworld.a.b:8443:127.0.0.1 https://helloworld.a.b:8443/",
    );
  });

  it("use only the load balancer in an existing cluster, with a token if the gateway requires one", () => {
    const settings = { cluster: "existing", domain: "a.b", httpsPort: 443, tokens: true } as const;
    assert.deepEqual(
      appUrls(settings, "10.9.0.1").map(({ address, port }) => [address, port]),
      [["10.9.0.1", 443]],
    );
    assert.equal(
      curlLine(settings, "10.9.0.1"),
      'curl -H "Authorization: Bearer $(npm run --silent token)" --cacert ca.pem --resolve helloworld.a.b:443:10.9.0.1 https://helloworld.a.b/',
    );
    // curl resolves to addresses only
    assert.match(curlLine(settings, "lb.cloud.test"), / --connect-to helloworld\.a\.b:443:lb\.cloud\.test:443 https/);
  });
});

describe("the retry of a webhook", () => {
  const refused =
    'Internal error occurred: failed calling webhook "ipaddresspoolvalidationwebhook.metallb.io": failed to call webhook: Post "https://metallb-webhook-service.metallb-system.svc:443/validate": dial tcp 10.43.1.2:443: connect: connection refused';
  const denied = 'admission webhook "ipaddresspoolvalidationwebhook.metallb.io" denied the request: invalid CIDR';

  it("waits one to two minutes for a webhook that does not answer", () => {
    const waits = Array.from({ length: 40 }, (_, tries) => retryAfter(Array(tries + 1).fill(refused)));
    const total = waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0);
    assert.ok(total >= 60_000 && total <= 120_000, `${total} ms`);
    assert.equal(waits.at(-1), undefined);
  });

  it("does not repeat a request that the webhook denied", () => {
    assert.equal(retryAfter([denied]), undefined);
    assert.equal(retryAfter([denied, refused]), undefined);
  });

  for (const cause of [
    "no endpoints available for service",
    "x509: certificate signed by unknown authority",
    "context deadline exceeded",
    "i/o timeout",
    "read tcp 10.42.0.1:40112->10.42.0.9:9443: read: connection reset by peer",
    "net/http: TLS handshake timeout",
    'service "metallb-webhook-service" not found',
    "proxy error from 127.0.0.1:6443 while dialing 10.42.0.9:9443, code 502: 502 Bad Gateway",
    "dial tcp 10.43.7.9:443: connect: network is unreachable",
    "net/http: request canceled (Client.Timeout exceeded while awaiting headers)",
  ])
    it(`waits when the call fails with: ${cause}`, () => {
      assert.equal(typeof retryAfter([`failed calling webhook "validation.istio.io": ${cause}`]), "number");
    });
});
