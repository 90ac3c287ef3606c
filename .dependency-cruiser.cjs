/** Arrows of the architecture (docs/architecture.md): which folder may import which, at any depth, and no circles. */
const folders = [
  "model",
  "host",
  "k3d",
  "charts",
  "components",
  "policy",
  "simulation",
  "automation",
  "trial",
  "provider",
];
const top = "^(index|config)\\.ts$";

/** A rule that a folder imports only the named ones of the project, and itself. */
const only = (from, allowed, comment) => ({
  name: `${from}-imports-only-${["itself", ...allowed].join("-")}`,
  comment,
  severity: "error",
  from: { path: `^${from}/` },
  to: {
    path: [`^(${folders.filter((folder) => folder !== from && !allowed.includes(folder)).join("|")})/`, top],
  },
});

module.exports = {
  folders,
  forbidden: [
    {
      name: "no-circles",
      comment: "two files that import each other cannot be understood one after the other",
      severity: "error",
      from: { path: `^(${folders.join("|")})/` },
      to: { circular: true },
    },
    only("model", [], "model/ is pure: plain data in and out"),
    {
      name: "model-is-pure",
      comment: "model/ has neither Pulumi nor Node",
      severity: "error",
      from: { path: "^model/" },
      to: { path: ["node_modules/@pulumi/", "node_modules/@kubernetes/"] },
    },
    {
      name: "model-uses-no-node",
      comment: "model/ has neither Pulumi nor Node",
      severity: "error",
      from: { path: "^model/" },
      to: { dependencyTypes: ["core"] },
    },
    only("host", ["model"], "host/ knows this machine and nothing of the environment's commands"),
    only("k3d", ["host", "model"], "scripts of the stack know host/ and model/ only"),
    only("charts", ["host", "model"], "scripts of the stack know host/ and model/ only"),
    only("components", ["model"], "components know only model/ and each other"),
    only("provider", ["components", "model"], "the provider offers a component to other languages"),
    only("policy", ["model"], "policies judge what the components made, and know only model/"),
    only("simulation", ["model"], "the simulation runs the pure rules"),
    only("trial", ["model"], "the program of a mesh test applies a plan of the model"),
    only(
      "automation",
      ["host", "model", "k3d", "charts"],
      "driver and program meet at config keys and stack outputs only",
    ),
    {
      name: "nothing-imports-tests",
      severity: "error",
      from: { pathNot: "^tests/" },
      to: { path: "^tests/" },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|report|examples|app)/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
  },
};
