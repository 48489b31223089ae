// Files a report with nothing but what Node brings along: fetch, FormData and Blob.
//
//   CYBERTIP_BASE_URL=… CYBERTIP_USERNAME=… CYBERTIP_PASSWORD=… node file_a_report.mjs report.xml picture.png
//
// Prints the receipt, byte for byte. Made for test_node.py: it answers no error but by ending with status 1.

import { readFile } from "node:fs/promises";
import { basename } from "node:path";

const { CYBERTIP_BASE_URL: base, CYBERTIP_USERNAME: user, CYBERTIP_PASSWORD: password } = process.env;
const [reportPath, filePath] = process.argv.slice(2);
const authorization = "Basic " + Buffer.from(`${user}:${password}`).toString("base64");

async function call(path, body, contentType) {
  // A form gets its Content-Type, with its boundary, from fetch.
  const headers = contentType ? { authorization, "content-type": contentType } : { authorization };
  const answer = await fetch(base + path, { method: "POST", headers, body, redirect: "error" });
  const bytes = Buffer.from(await answer.arrayBuffer());
  // The header names another encoding than the document's own, which is UTF-8.
  const text = bytes.toString("utf8");
  if (!answer.ok || read(text, "responseCode") !== "0") {
    throw new Error(`${path}: HTTP ${answer.status}, code ${read(text, "responseCode")}`);
  }
  return text;
}

function read(text, name) {
  return text.match(new RegExp(`<${name}>([^<]*)</${name}>`))?.[1];
}

function form(fields) {
  const data = new FormData();
  for (const [name, ...value] of fields) data.append(name, ...value);
  return data;
}

const XML = "text/xml; charset=utf-8";
const reportId = read(await call("/submit", await readFile(reportPath), XML), "reportId");
const name = basename(filePath);
const file = new Blob([await readFile(filePath)]);
const uploaded = await call("/upload", form([["id", reportId], ["file", file, name]]));
const details = `<?xml version="1.0" encoding="UTF-8"?>
<fileDetails><reportId>${reportId}</reportId><fileId>${read(uploaded, "fileId")}</fileId>\
<originalFileName>${name}</originalFileName><fileViewedByEsp>true</fileViewedByEsp></fileDetails>`;
await call("/fileinfo", details, XML);
process.stdout.write(await call("/finish", form([["id", reportId]])));
