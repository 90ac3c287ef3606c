// @ts-check
/** Entry of the delete commands in states that earlier versions of this project wrote: `node machine/script.cjs k3d/main delete`. */
const { load } = require("../launcher/run.cjs");

const [entry = ""] = process.argv.splice(2, 1);
load(entry);
