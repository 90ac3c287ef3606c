import { shop } from "./files";
import { includes, reasons } from "./reasonsOf";

describe("the reason of a 404 for an Ingress", () => {
  const ingress = (metadata: string, spec = "") => `${shop}---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop${metadata} }
spec: { ${spec}rules: [{ host: web.example.com, http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] } }] }
`;
  const shown = (metadata: string, spec?: string) =>
    reasons(ingress(metadata, spec), '{ it: i, request: "http://web.example.com/", expect: 200 }', { status: 404 });

  it("is that it names no class, or another one", () => {
    const fix = "annotations: \\{ kubernetes\\.io/ingress\\.class: istio \\}";
    includes(shown(""), new RegExp(`^Ingress shop/web names no class: istiod serves only .* \\(12\\) → ${fix}$`, "m"));
    includes(
      shown(", annotations: { kubernetes.io/ingress.class: nginx }"),
      /^Ingress shop\/web has the class nginx: /m,
    );
    includes(
      shown("", "ingressClassName: istio, "),
      /has the ingressClassName istio, and no IngressClass of that name/,
    );
  });
});
