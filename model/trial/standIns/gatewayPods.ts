import type { KubeObject, Texts } from "../manifests/objects";
import { drainDuration, workloadLabel } from "./pods";

/** Service account of a gateway that may read Secrets of its namespace: istiod sends a credential to no other proxy. */
function secretReader(namespace: string, name: string): KubeObject[] {
  const role = `${name}-sds`;
  const group = "rbac.authorization.k8s.io";
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    {
      apiVersion: `${group}/v1`,
      kind: "Role",
      metadata: { name: role, namespace },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get", "watch", "list"] }],
    },
    {
      apiVersion: `${group}/v1`,
      kind: "RoleBinding",
      metadata: { name: role, namespace },
      roleRef: { apiGroup: group, kind: "Role", name: role },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
}

/** Pods and Service of a gateway that nothing in the environment stands for. */
export function gatewayObjects({
  namespace,
  name,
  ports,
  labels,
}: {
  namespace: string;
  name: string;
  ports: readonly number[];
  labels: Texts;
}): KubeObject[] {
  const metadata = { name, namespace };
  return [
    ...secretReader(namespace, name),
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { selector: labels, ports: ports.map((port) => ({ name: `port-${port}`, port, targetPort: port })) },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: { [workloadLabel]: name } },
        template: {
          metadata: {
            labels: { ...labels, "sidecar.istio.io/inject": "true", [workloadLabel]: name },
            annotations: {
              "inject.istio.io/templates": "gateway",
              "proxy.istio.io/config": JSON.stringify({ drainDuration }),
            },
          },
          spec: {
            serviceAccountName: name,
            terminationGracePeriodSeconds: 0,
            securityContext: { sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "0" }] },
            containers: [
              { name: "istio-proxy", image: "auto", resources: { requests: { cpu: "5m", memory: "32Mi" } } },
            ],
          },
        },
      },
    },
  ];
}
