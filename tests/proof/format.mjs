// Reads [[unit, value, decimals or null], ...] from stdin; prints what Grafana's own formatter makes of each, and every unit it knows.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

globalThis.navigator ??= { userAgent: "node", platform: "node", language: "en", languages: ["en"] };
const require = createRequire(process.argv[2] + "/");
const { getValueFormat, getValueFormats, formattedValueToString } = require("@grafana/data");
const asked = JSON.parse(readFileSync(0, "utf8"));
const texts = asked.map(([unit, value, decimals]) => formattedValueToString(getValueFormat(unit)(value, decimals)));
const known = getValueFormats().flatMap((group) => group.submenu.map((each) => each.value));
process.stdout.write(JSON.stringify({ texts, known }));
process.exit(0);
