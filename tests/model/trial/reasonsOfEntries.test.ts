import assert from "node:assert/strict";
import { planOf, shop } from "./files";
import { caseFromPage, includes, namespace, object, reasons, type Shown, service } from "./reasonsOf";

describe("the reason of a headless Service", () => {
  const feed = namespace + service("feed", "{ name: http, port: 80, targetPort: 8080 }", ", clusterIP: None");
  const versions = object("DestinationRule", "{ host: feed, subsets: [{ name: v2, labels: { version: v2 } }] }");

  it("is its targetPort, which a caller that connects to a pod does not use", () => {
    includes(
      reasons(feed, caseFromPage("http://feed/"), { status: 503 }),
      /^Service shop\/feed is headless: DNS answers with the addresses of pods, .* port 80 of a pod, and targetPort 8080 is not used \(\d+\) → port: 8080/m,
    );
    assert.doesNotMatch(reasons(feed, caseFromPage("http://feed/", "404"), { by: "shop/feed" }).join(), /headless/);
  });

  it("is that its pods are chosen by DNS and not by a subset", () => {
    const cluster = "outbound|80|v2|feed.shop.svc.cluster.local";
    includes(
      reasons(feed + versions, caseFromPage("http://feed/", "{ by: feed/v2 }"), {
        by: "shop/feed/v1",
        log: [{ cluster }],
      }),
      /^Service shop\/feed is headless: the caller connects to a pod that DNS names, .* subset v2 does not choose another/m,
    );
  });
});

const bank = object(
  "ServiceEntry",
  "{ hosts: [bank.example.com], ports: [{ number: 80, name: http, protocol: HTTP, targetPort: 443 }], resolution: DNS }",
  { name: "bank" },
);
const toBank: Shown = { by: "outside", log: [{ cluster: "outbound|80||bank.example.com" }] };

describe("the reason of a ServiceEntry or WorkloadEntry", () => {
  it("is a port of portLevelSettings that the request does not go to", () => {
    const level = (port: number): string =>
      object(
        "DestinationRule",
        `{ host: bank.example.com, trafficPolicy: { portLevelSettings: [{ port: { number: ${port} }, tls: { mode: SIMPLE } }] } }`,
      );
    const test = caseFromPage("http://bank.example.com/", "{ tls: true }");
    includes(
      reasons(shop + bank + level(443), test, toBank),
      /are for port 443, and the request goes to port 80 of bank\.example\.com: they do not apply .* → port: \{ number: 80 \}/,
    );
    assert.doesNotMatch(reasons(shop + bank + level(80), test, toBank).join(), /portLevelSettings/);
  });

  const entry = object(
    "ServiceEntry",
    "{ hosts: [vm.example.com], ports: [{ number: 80, name: http, protocol: HTTP }], resolution: STATIC, workloadSelector: { labels: { app: vm } } }",
    { name: "vm" },
  );
  const workload = (labels: string, inNamespace = "shop"): string =>
    object("WorkloadEntry", `{ address: 198.51.100.20, labels: { ${labels} }, ports: { http: 8123 } }`, {
      name: "vm-1",
      namespace: inNamespace,
    });
  const lost: Shown = { status: 503, log: [{ flags: ["UH"], cluster: "outbound|80||vm.example.com" }] };
  const called = caseFromPage("http://vm.example.com/");

  it("is a selector that no WorkloadEntry of its namespace has", () => {
    includes(
      reasons(shop + entry + workload("name: vm"), called, lost),
      /^no WorkloadEntry and no pod has the labels that ServiceEntry shop\/vm selects \(app: vm\); there are: name: vm/m,
    );
    includes(
      reasons(shop + entry + workload("app: vm", "other"), called, lost),
      /ServiceEntry shop\/vm selects workloads of its own namespace, and WorkloadEntry other\/vm-1 is in other/,
    );
  });

  it("never reaches the real address of a WorkloadEntry, but the stand-in", () => {
    const { plan } = planOf(shop + entry + workload("app: vm"), `cases: [${called}]`);
    const applied = plan.objects.find(({ kind }) => kind === "WorkloadEntry");
    assert.equal(applied?.spec?.address, "__OUTSIDE_ADDRESS__");
    assert.ok(plan.substitutions.some(({ did }) => did === "its address is the stand-in `outside`"));
    const outside = plan.standIns.find(({ id }) => id === "outside");
    assert.ok(outside?.ports.some(({ number }) => number === 8123));
  });
});

describe("the reason of a locality without effect", () => {
  const pod = (where: string): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web-${where}, namespace: shop }
spec:
  selector: { matchLabels: { app: web, version: ${where} } }
  template:
    metadata: { labels: { app: web, version: ${where}, istio-locality: ${where}.a.b } }
    spec: { containers: [{ name: web, image: example/web }] }
`;
  const reasonsWith = (policy: string) =>
    reasons(
      shop + pod("east") + pod("west") + object("DestinationRule", `{ host: web, trafficPolicy: ${policy} }`),
      caseFromPage("http://web/", "{ by: web/east }"),
      { by: "shop/web/west", log: [{ cluster: "outbound|80||web.shop.svc.cluster.local" }] },
    );

  it("is a rule without outlierDetection", () => {
    const failover = "loadBalancer: { localityLbSetting: { failover: [{ from: east, to: west }] } }";
    includes(
      reasonsWith(`{ ${failover} }`),
      /^DestinationRule shop\/x has no outlierDetection, so the proxy neither prefers its own/m,
    );
    assert.doesNotMatch(
      reasonsWith(`{ ${failover}, outlierDetection: { interval: 1s } }`).join(),
      /has no outlierDetection/,
    );
  });
});
