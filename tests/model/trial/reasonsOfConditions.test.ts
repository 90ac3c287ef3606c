import assert from "node:assert/strict";
import { shop } from "./files";
import { includes, object, reasons, type Shown } from "./reasonsOf";

/** A policy whose spec is in line 13 of the manifests, for pods that listen on 8080 behind port 80 of their Service. */
const policy = (condition: string, action = "ALLOW"): string =>
  shop + object("AuthorizationPolicy", `{ action: ${action}, rules: [{ when: [{ ${condition} }] }] }`);
/** A Gateway and its route behind the policy. */
const edge =
  object(
    "Gateway",
    "{ selector: { istio: ingressgateway }, servers: [{ port: { number: 80, name: http, protocol: HTTP }, hosts: [web.example.com] }] }",
    { name: "edge" },
  ) +
  object(
    "VirtualService",
    "{ hosts: [web.example.com], gateways: [edge], http: [{ route: [{ destination: { host: web } }] }] }",
  );

const outbound = { cluster: "outbound|80||web.shop.svc.cluster.local", upstreamLocal: "10.42.0.5:41000" };
const inbound = { cluster: "inbound|8080||", local: "10.42.0.8:8080", downstream: "10.42.0.5:41000" };
const denial = { details: "rbac_access_denied_matched_policy[none]" };
const denied = (entry: object = {}, before: object = outbound): Shown => ({
  status: 403,
  labels: { app: "web" },
  log: [before, { ...inbound, ...denial, ...entry }],
});
const passed = (entry: object = {}, before: object = outbound): Shown => ({
  by: "shop/web",
  labels: { app: "web" },
  log: [before, { ...inbound, ...entry }],
});
/** Lines of a request from outside: the gateway has 10.42.0.7, the caller 10.42.0.9, and the workload believes the header. */
const gateway = {
  ...outbound,
  proxy: "istio-system/g",
  upstreamLocal: "10.42.0.7:52000",
  downstream: "10.42.0.9:40000",
  local: "10.42.0.7:80",
};
const behind = { downstream: "10.42.0.9:0" };

const fromMesh = (expect: string, header = ""): string =>
  `{ it: i, from: shop/page, request: { url: "http://web/"${header && `, headers: { x-forwarded-for: "${header}" }`} }, expect: ${expect} }`;
const fromOutside = (expect: string): string => `{ it: i, request: "http://web.example.com/", expect: ${expect} }`;

describe("the condition source.ip of a policy", () => {
  it("is the address of the caller's pod", () => {
    const all = (condition: string) => reasons(policy(condition), fromMesh("200"), denied());
    includes(
      all("key: source.ip, values: [203.0.113.0/24, 10.43.0.1]"),
      /^rule 1 of AuthorizationPolicy shop\/x \(ALLOW\) does not match: source\.ip 10\.42\.0\.5: wanted 203\.0\.113\.0\/24 or 10\.43\.0\.1 \(13\)$/m,
    );
    includes(
      all("key: source.ip, notValues: [10.42.0.0/16]"),
      /does not match: source\.ip 10\.42\.0\.5: wanted not 10\.42\.0\.0\/16 \(13\)$/m,
    );
    includes(all("key: source.ip, values: [10.42.0.5]"), /^rule 1 of .* matches by what its text says \(13\)$/m);
  });

  it("names no cluster to which the workload's proxy would have sent the request", () => {
    const all = reasons(policy("key: source.ip, values: [203.0.113.0/24]"), fromMesh("200"), denied()).join("\n");
    assert.match(all, /^went to cluster outbound\|80\|\|web\.shop\.svc\.cluster\.local$/m);
  });

  it("is never the address in x-forwarded-for, although the proxy logs that one", () => {
    const all = reasons(
      policy("key: source.ip, values: [203.0.113.0/24]"),
      fromMesh("200", "203.0.113.7"),
      denied({ downstream: "203.0.113.7:0" }),
    );
    includes(
      all,
      /does not match: source\.ip 10\.42\.0\.5: wanted 203\.0\.113\.0\/24/,
      /^source\.ip of AuthorizationPolicy shop\/x is compared with the direct peer's address, which is that of the caller's pod, and never with x-forwarded-for \(13\) → key: remote\.ip/m,
    );
  });

  it("is the address of the gateway for a request that came through it", () => {
    const all = reasons(
      policy("key: source.ip, values: [10.42.0.9]") + edge,
      fromOutside("200"),
      denied(behind, gateway),
    );
    includes(
      all,
      /does not match: source\.ip 10\.42\.0\.7: wanted 10\.42\.0\.9 \(13\)/,
      /^source\.ip of AuthorizationPolicy shop\/x is compared with the direct peer's address, which is that of the gateway,/m,
    );
  });
});

describe("the condition remote.ip of a policy", () => {
  it("is the address that the gateway appended to x-forwarded-for", () => {
    const all = (value: string) =>
      reasons(policy(`key: remote.ip, values: [${value}]`) + edge, fromOutside("200"), denied(behind, gateway));
    includes(
      all("203.0.113.0/24"),
      /does not match: remote\.ip 10\.42\.0\.9: wanted 203\.0\.113\.0\/24 \(13\)/,
      /^remote\.ip of .* is compared with the address in x-forwarded-for that the number of trusted proxies/m,
    );
    includes(all("10.42.0.9"), /^rule 1 of .* matches by what its text says/m);
  });

  it("is whatever a caller in the mesh writes into x-forwarded-for", () => {
    const all = reasons(
      policy("key: remote.ip, notValues: [203.0.113.0/24]", "DENY"),
      fromMesh("403", "203.0.113.7"),
      passed({ downstream: "203.0.113.7:0" }),
    );
    includes(
      all,
      /does not match: remote\.ip 203\.0\.113\.7: wanted not 203\.0\.113\.0\/24/,
      /^remote\.ip of .* is compared with the last address in x-forwarded-for, which a caller in the mesh writes as it likes \(13\) → principals/m,
    );
  });
});

describe("the condition destination.port of a policy", () => {
  const condition = "key: destination.port, values: ['80']";
  const advice =
    /^destination\.port of AuthorizationPolicy shop\/x is the pod's port: the Service's port 80 leads to 8080 \(13\) → values: \["8080"\]$/m;

  it("is the pod's port, and not the Service's", () => {
    for (const all of [
      reasons(policy(condition), fromMesh("200"), denied()),
      // a caller without sidecar and a proxy whose line has no address
      reasons(policy(condition), fromMesh("200"), denied({ local: "" }, { cluster: "PassthroughCluster" })),
      reasons(policy(condition) + edge, fromOutside("200"), denied(behind, gateway)),
    ])
      includes(all, /does not match: destination\.port 8080: wanted 80 \(13\)/, advice);
    includes(
      reasons(policy("key: destination.port, values: ['8080']"), fromMesh("200"), denied()),
      /matches by what its text says/,
    );
  });

  it("is also why a DENY rule did not deny", () => {
    includes(
      reasons(policy(condition, "DENY"), fromMesh("403"), passed()),
      /\(DENY\) does not match: destination\.port 8080: wanted 80/,
      advice,
    );
    const right = reasons(policy("key: destination.port, values: ['8080']", "DENY"), fromMesh("403"), passed());
    assert.doesNotMatch(right.join("\n"), /is the pod's port/);
  });

  it("is the gateway's port for a policy at the gateway", () => {
    const atGateway = object(
      "AuthorizationPolicy",
      `{ action: DENY, rules: [{ when: [{ key: destination.port, values: ["443"] }] }] }`,
      {
        namespace: "istio-system",
      },
    );
    includes(
      reasons(shop + edge + atGateway, fromOutside("403"), passed(behind, gateway)),
      /^rule 1 of AuthorizationPolicy istio-system\/x \(DENY\) does not match: destination\.port 8080: wanted 443/m,
    );
    const selecting = atGateway.replace("spec: {", "spec: { selector: { matchLabels: { istio: ingressgateway } },");
    includes(
      reasons(shop + edge + selecting, fromOutside("403"), passed(behind, gateway)),
      /^rule 1 of AuthorizationPolicy istio-system\/x \(DENY\) does not match: destination\.port 80: wanted 443/m,
    );
  });
});

describe("the service account of a policy", () => {
  it("has the policy's namespace, unless it names one", () => {
    const all = (accounts: string) =>
      reasons(
        shop + object("AuthorizationPolicy", `{ rules: [{ from: [{ source: { serviceAccounts: [${accounts}] } }] }] }`),
        fromMesh("200"),
        denied(),
      );
    includes(all("other/page"), /does not match: peer's service account shop\/page is not other\/page/);
    includes(all("page"), /matches by what its text says/);
  });
});
