// States of earlier versions hold the delete command `node machine/script.cjs k3d/main delete`, which Pulumi runs as it is.
require("../launcher/run.cjs").main();
