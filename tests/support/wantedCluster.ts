/** Owner and settings of the cluster that a test of k3d/ asks for. */
export const owner = { stack: "istio-on-k3d/dev", id: "11111111", state: "me@host:/src/a/.state" };

export const settings = {
  clusterName: "istio",
  agents: 1,
  httpPort: 18380,
  httpsPort: 18343,
  subnet: "10.44.30.0/24",
  registry: true,
  registryMirrors: "none",
  caches: [],
  k3sVersion: "v1.34.4-k3s1",
};
