import { caseFromPage, includes, namespace, object, reasons, service } from "./reasonsOf";

const lib = `---
apiVersion: v1
kind: Service
metadata: { name: lib, namespace: other }
spec: { selector: { app: lib }, ports: [{ name: http, port: 8080 }] }
`;
const mesh = (egress: string, where: string): string =>
  namespace +
  service("web", "{ name: http, port: 80 }") +
  lib +
  object("Sidecar", `{ egress: ${egress} }`, { namespace: where });
const passed = { by: "other/lib", log: [{ cluster: "PassthroughCluster" }] };
const wanted = caseFromPage("http://lib.other:8080/", "{ requestHeaders: { x-lib: present } }");

describe("the reason why a caller's proxy does not know a Service", () => {
  it("is the Sidecar of the mesh, in which a dot is each caller's own namespace", () => {
    includes(
      reasons(mesh('[{ hosts: ["./*"] }]', "istio-system"), wanted, passed),
      /^Sidecar istio-system\/x hides lib\.other\.svc\.cluster\.local from the caller/m,
    );
  });

  it("is an egress listener of another port", () => {
    includes(
      reasons(
        mesh('[{ port: { number: 9080, name: http, protocol: HTTP }, hosts: ["other/*"] }]', "shop"),
        wanted,
        passed,
      ),
      /^Sidecar shop\/x lists lib\.other\.svc\.cluster\.local on port 9080 only, and the request goes to port 8080/m,
    );
  });
});
