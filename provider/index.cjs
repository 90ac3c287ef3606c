// @ts-check
// compiled in memory, like the scripts of the stack: Pulumi would check the types of all providers at each start
require("../launcher/run.cjs").load("provider/provider").serve();
