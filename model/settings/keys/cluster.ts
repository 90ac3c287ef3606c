import versions from "../../../versions.json";
import { parsePool, parseSubnet } from "../../cluster/addressPool";
import { app, meshNamespace, metallbNamespace } from "../../names";
import { auto, k3dName, listItems, nameList, none } from "../forms";
import { choice, flag, number, text } from "../kinds";

const ourNamespaces: readonly string[] = [metallbNamespace, meshNamespace, app.namespace];

/** Keys of the cluster: a new one in k3d, or one that exists already. */
export const clusterKeys = {
  cluster: choice(["k3d", "existing"], "k3d", "A new k3d cluster, or a cluster that you have"),
  kubeContext: text({
    default: none,
    description: "Context of your kubeconfig, for a cluster that you have",
    allowed: "none or the name of a context, without blanks and commas",
    accepts: (value) => nameList(value) && listItems(value).length < 2,
  }),
  allowedContexts: text({
    default: none,
    description: "Contexts that kubeContext may name, so that no command changes another cluster by mistake",
    allowed: "none or names of contexts, separated by commas",
    accepts: nameList,
  }),
  existingNamespaces: text({
    default: none,
    description: "Namespaces that you have already: the program labels them, and destroy keeps them",
    allowed: `none or some of ${ourNamespaces.join(",")}`,
    accepts: (value) => nameList(value) && listItems(value).every((name) => ourNamespaces.includes(name)),
  }),
  loadBalancer: choice(
    ["metallb", "off"],
    "metallb",
    "MetalLB assigns the address of the ingress gateway; off for a cluster that has a load balancer",
  ),
  clusterName: text({
    default: "istio",
    description: "Name of the k3d cluster; its containers and network are called k3d-<name>",
    allowed: "lower-case letters, digits and dashes, starting with a letter, at most 32 characters",
    accepts: k3dName,
  }),
  agents: number(0, 8, { default: 1, description: "Number of k3d agent nodes beside the one server" }),
  httpPort: number(1, 65535, { default: 80, description: "Port on 127.0.0.1 for plain HTTP, which redirects" }),
  httpsPort: number(1, 65535, { default: 443, description: "Port on 127.0.0.1 for HTTPS" }),
  subnet: text({
    default: "10.44.0.0/24",
    description: "Subnet of the cluster's Docker network, private IPv4 in CIDR form",
    allowed: "a private IPv4 network from /16 to /27 in CIDR form, such as 10.44.0.0/24",
    accepts: (value) => parseSubnet(value) !== undefined,
  }),
  pool: text({
    default: auto,
    description: "Addresses of MetalLB, FIRST-LAST inside the subnet; auto for the last 16 addresses of the subnet",
    allowed: "auto or an IPv4 range FIRST-LAST, such as 10.44.0.240-10.44.0.254",
    accepts: (value) => value === auto || parsePool(value) !== undefined,
  }),
  registry: flag({ default: true, description: "Image registry beside the cluster" }),
  k3sVersion: text({
    default: versions.k3s,
    description: "Tag of the rancher/k3s image, which decides the Kubernetes version",
    allowed: `an exact k3s tag, such as ${versions.k3s}`,
    accepts: (value) => /^v1\.\d{1,3}\.\d{1,3}-k3s\d{1,2}$/.test(value),
  }),
};
