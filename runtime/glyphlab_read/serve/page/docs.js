// The page of the server's description: openapi.json as a person reads it.
"use strict";

const element = (name, ...content) => {
  const made = document.createElement(name);
  made.append(...content);
  return made;
};
const code = (text) => element("code", text);

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.oneOf) return schema.oneOf.map(typeOf).join(" or ");
  if (schema.enum) return schema.enum.join(", ");
  if (schema.const) return schema.const;
  if (schema.type === "array") return `list of ${typeOf(schema.items)}`;
  const bounds = "minimum" in schema && "maximum" in schema ? `, ${schema.minimum} to ${schema.maximum}` : "";
  return [schema.type].flat().join(" or ") + bounds;
}

function table(heads, rows) {
  const head = element("thead", element("tr", ...heads.map((text) => element("th", text))));
  return element("table", head, element("tbody", ...rows.map((cells) => element("tr", ...cells.map((cell) => element("td", cell))))));
}

function operation(path, method, one) {
  const parts = [element("h2", code(`${method.toUpperCase()} ${path}`), ` ${one.summary}`)];
  if (one.description) parts.push(element("p", one.description));
  if (one.parameters) {
    const rows = one.parameters.map((each) => [code(each.name), each.description, typeOf(each.schema)]);
    parts.push(element("h3", "Settings in the address"), table(["Name", "Meaning", "Values"], rows));
  }
  if (one.requestBody) parts.push(element("h3", "Body"), element("p", Object.keys(one.requestBody.content).join(", ")));
  const rows = Object.entries(one.responses).map(([status, each]) => [
    code(status), each.description, Object.values(each.content).map((content) => typeOf(content.schema)).join(),
  ]);
  parts.push(element("h3", "Answers"), table(["Status", "Meaning", "Content"], rows));
  return element("article", ...parts);
}

async function main() {
  const described = await (await fetch("openapi.json")).json();
  document.getElementById("about").textContent = described.info.description;
  document.getElementById("example").textContent = `curl -F image=@photo.jpg ${new URL("v1/read", location.href)}`;
  for (const [path, methods] of Object.entries(described.paths)) {
    for (const [method, one] of Object.entries(methods)) document.getElementById("paths").append(operation(path, method, one));
  }
  for (const [name, schema] of Object.entries(described.components.schemas)) {
    const rows = Object.entries(schema.properties || {}).map(([key, each]) => [code(key), typeOf(each), each.description || ""]);
    const content = rows.length ? table(["Name", "Type", "Meaning"], rows) : element("p", typeOf(schema));
    document.getElementById("schemas").append(element("article", element("h3", name), content));
  }
}

main();
