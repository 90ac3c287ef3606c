import { expectationKeys } from "./expectation";
import { behaviourKeys, requestKeys, tokenKeys } from "./request";
import type { Table } from "./shape";
import { mapOf, mappingOf, oneOrMore, result, scalar, text } from "./shapes";

/** Every key of a `*.test.yaml` file: the validation, the JSON schema and the reference page all come from here. */
export const testFormat: Table = {
  file: {
    callers: {
      shape: mapOf(mappingOf("caller")),
      does: "Callers that `from` cannot say by itself, by the name that `from` then has.",
    },
    workloads: {
      shape: mapOf(mappingOf("workload")),
      does: "Services that the manifests do not have, or details of those that they have, by NAMESPACE/SERVICE.",
    },
    cases: {
      shape: { is: "list", of: mappingOf("case") },
      does: "The requests with the expected result of each.",
      required: true,
    },
  },
  caller: {
    namespace: { shape: text, does: "Namespace of the caller's pod." },
    serviceAccount: {
      shape: text,
      does: "Its service account, and so its identity in the mesh. The default is `default`.",
    },
    sidecar: { shape: { is: "switch" }, does: "True if it has a sidecar. The default is what its namespace says." },
    labels: {
      shape: mapOf(text),
      does: "Labels of its pod, for policies and Sidecars that select by label. The default is `app: SERVICEACCOUNT`.",
    },
    gateway: {
      shape: text,
      does: "For a caller outside the cluster: the Gateway that it connects to, NAMESPACE/NAME. The default is the one that serves the URL's host.",
    },
  },
  workload: {
    ports: {
      shape: mapOf({ is: "integer", least: 1, most: 65535 }),
      does: "Ports by name. The name decides the protocol, as in Istio. The default is `http: 80`.",
    },
    versions: { shape: { is: "list", of: text }, does: "Values of the label `version`: a stand-in for each." },
    replicas: {
      shape: { is: "integer", least: 0, most: 5 },
      does: "Pods of each stand-in. The default is 1, or 3 where a DestinationRule hashes or ejects.",
    },
    sidecar: {
      shape: { is: "switch" },
      does: "True if its pods have a sidecar. The default is what the namespace says.",
    },
  },
  case: {
    it: { shape: text, does: "The result that a user of the mesh sees, as a sentence.", required: true },
    from: {
      shape: oneOrMore(text),
      does: "The caller: `outside`, NAMESPACE/SERVICEACCOUNT, or a name in `callers`. A list sends the request from each. The default is `outside`.",
    },
    request: {
      shape: { is: "either", of: [text, mappingOf("request")] },
      does: "The request: a URL, `METHOD URL`, or a mapping.",
    },
    times: {
      shape: { is: "integer", least: 1, most: 2000 },
      does: "Requests, each on a new connection; the expectation must hold for all of them. The default is 1, or what `share` and `mirroredShare` need.",
    },
    concurrent: {
      shape: { is: "integer", least: 1, most: 100 },
      does: "Requests that are sent at once. Such a case runs alone. The default is 1.",
    },
    given: {
      shape: mapOf(mappingOf("behaviour")),
      does: "Misbehaviour of stand-ins while this request is sent, by workload.",
    },
    expect: {
      shape: { is: "either", of: [result, mappingOf("expect")] },
      does: "The expected result: a status, a failure, or a mapping.",
    },
    matrix: { shape: mappingOf("matrix"), does: "Many requests at once, in place of `request` and `expect`." },
  },
  request: requestKeys,
  token: tokenKeys,
  behaviour: behaviourKeys,
  expect: expectationKeys,
  matrix: {
    to: { shape: text, does: "URL without path.", required: true },
    headers: { shape: mapOf(scalar), does: "Request headers of every request." },
    rows: { shape: mapOf(mapOf(result)), does: "Expected result of each caller, by `METHOD PATH`.", required: true },
  },
};
