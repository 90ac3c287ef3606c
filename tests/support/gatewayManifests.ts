/**
 * Deployment and Service of a gateway of the user's own in the namespace shop, as YAML documents.
 *
 * @param label - value of the label `istio` of its pods
 * @param ports - of the Service, as a flow sequence without brackets
 */
export const gatewayManifests = (name: string, label = name, ports = "{ name: http, port: 80 }"): string => `---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { istio: ${label} } }
  template:
    metadata: { labels: { istio: ${label} }, annotations: { inject.istio.io/templates: gateway } }
    spec: { containers: [{ name: istio-proxy, image: auto }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { istio: ${label} }, ports: [${ports}] }
`;
