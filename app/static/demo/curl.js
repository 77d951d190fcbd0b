// The button that copies a request as a command line.

import { byId } from "./dom.js";

const SHOWN_FOR = 2000;

async function copy() {
  const button = byId("curl-copy");
  try {
    await navigator.clipboard.writeText(byId("curl").textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(byId("curl")); // browsers allow copying on secure pages only
    button.textContent = "Selected: press Ctrl+C";
  }
  setTimeout(() => (button.textContent = "Copy"), SHOWN_FOR);
}

export function connectCurl() {
  byId("curl-copy").addEventListener("click", copy);
}
