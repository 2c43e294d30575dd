// Holds an XML document, given on standard input, to the XML schema named by the first argument; says what is wrong.

import { readFileSync } from "node:fs";
import { validateXML } from "xmllint-wasm";

const { valid, errors } = await validateXML({
  xml: [{ fileName: "document.xml", contents: readFileSync(0, "utf8") }],
  schema: [readFileSync(process.argv[2], "utf8")],
});
for (const error of errors) console.error(error.rawMessage);
process.exit(valid ? 0 : 1);
