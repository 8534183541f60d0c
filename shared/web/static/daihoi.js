// What pages can do beyond links and forms. Every page works without it; it says nothing but what <body> gives it.
"use strict";

const body = document.body;
const say = (name, count) => (body.dataset[`say${name}`] || "").replace("{count}", count);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const status = (text) => { document.getElementById("connection").textContent = text; };
const isTyping = (element) => element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");

// --- forms: sent once, kept until they are done ---

const typed = (form) => [...form.elements].filter(
  (field) => field.name && !["csrf", "seen", "command_id"].includes(field.name) && !["file", "password", "submit", "button", "fieldset"].includes(field.type));
const isDirty = (form) => typed(form).some((field) =>
  field.type === "checkbox" || field.type === "radio" ? field.checked !== field.defaultChecked
    : field.tagName === "SELECT" ? [...field.options].some((option) => option.selected !== option.defaultSelected) && field.value !== (field.dataset.first ?? field.value)
      : field.value !== field.defaultValue);

const store = {
  key: (form) => `daihoi:${location.pathname}:${form.dataset.keep}`,
  read(form) { try { return JSON.parse(sessionStorage.getItem(this.key(form))); } catch { return null; } },
  write(form, kept) { try { sessionStorage.setItem(this.key(form), JSON.stringify(kept)); } catch { /* full, or not allowed */ } },
  drop(form) { try { sessionStorage.removeItem(this.key(form)); } catch { /* not allowed */ } },
  dropSent() {
    try {
      for (const key of Object.keys(sessionStorage)) {
        if (key.startsWith("daihoi:") && JSON.parse(sessionStorage.getItem(key)).sent) sessionStorage.removeItem(key);
      }
    } catch { /* not allowed */ }
  },
};

function newCommandId(form) {
  const field = form.elements.command_id;
  if (!field) return;
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  field.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

function keep(form, sent) {
  const values = typed(form).filter((field) => !["checkbox", "radio"].includes(field.type) || field.checked)
    .map((field) => [field.name, field.value]);
  store.write(form, { values, sent: sent && form.elements.command_id ? form.elements.command_id.value : "" });
}

function restore(form) {
  const kept = store.read(form);
  if (!kept || !Array.isArray(kept.values)) return;
  if (form.querySelector("[aria-invalid]") || document.getElementById("problems")) return;  // the answer holds what was typed
  const values = new Map();
  for (const [name, value] of kept.values) values.set(name, [...(values.get(name) || []), value]);
  const fields = typed(form);
  const before = JSON.stringify(fields.map((field) => [field.value, field.checked]));
  for (const field of fields) {
    const own = values.get(field.name);
    if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(own && own.includes(field.value));
    else if (own && own.length) field.value = own.shift();
  }
  if (JSON.stringify(fields.map((field) => [field.value, field.checked])) === before) return;
  if (kept.sent && form.elements.command_id) {
    form.elements.command_id.value = kept.sent;
    form.dataset.sent = "";
  }
  const line = document.createElement("p");
  line.className = "notice tone-info";
  line.setAttribute("role", "status");
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "quiet";
  drop.textContent = say("Discard");
  drop.addEventListener("click", () => { store.drop(form); location.reload(); });
  line.append(say("Kept"), " ", drop);
  form.prepend(line);
}

function release(form) {
  form.removeAttribute("aria-busy");
  for (const button of all("button[data-held]", form)) { button.disabled = false; delete button.dataset.held; }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.hasAttribute("aria-busy")) { event.preventDefault(); return; }
  if (form.dataset.keep) keep(form, true);
  if (navigator.onLine === false) {
    event.preventDefault();
    status(say("NotSent"));
    return;
  }
  form.dataset.sent = "";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => {  // after the browser has taken in which button it was
    for (const button of all("button", form)) if (!button.disabled) { button.disabled = true; button.dataset.held = ""; }
  });
});

document.addEventListener("input", (event) => {
  const form = event.target.form;
  if (!form || form.method !== "post") return;
  if ("sent" in form.dataset) {  // another text is another command
    delete form.dataset.sent;
    newCommandId(form);
  }
  if (form.dataset.keep) keep(form, false);
});

window.addEventListener("pageshow", (event) => {
  all("form").forEach(release);
  if (event.persisted) refresh();
});

if ("done" in body.dataset) {
  store.dropSent();
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}
all("select").forEach((select) => { select.dataset.first = select.value; });
all("form[data-keep]").forEach(restore);
document.querySelector("[data-focus]")?.focus();

// --- live parts ---

let version = Number(body.dataset.version);
let pause = 1000;
let isAway = false;
let isWanted = false;
let isRefreshing = false;

function isInUse(region) {
  const active = document.activeElement;
  return (region.contains(active) && active.closest("form, [data-sheet]") !== null) ||
    all("form", region).some(isDirty) || region.querySelector(".tick:checked, dialog[open]") !== null;
}

async function refresh() {
  const regions = all("[data-live][id]");
  isWanted = true;
  if (!regions.length || isRefreshing) return;
  isRefreshing = true;
  try {
    while (isWanted) {
      isWanted = false;
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of all("[data-live][id]")) put(region, page.getElementById(region.id));
    }
  } catch { /* the stream of events tells of the connection, and comes back to this */
  } finally { isRefreshing = false; }
}

function put(region, fresh) {
  if (!fresh || fresh.isEqualNode(region)) return;
  if (isInUse(region)) {
    status(say("Changed"));
    region.addEventListener("focusout", () => setTimeout(refresh, 200), { once: true });
    return;
  }
  const open = new Set(all("details[open][id]", region).map((each) => each.id));
  const focused = region.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && (focused.id ? `#${CSS.escape(focused.id)}` : focused.getAttribute("href") && `a[href="${CSS.escape(focused.getAttribute("href"))}"]`);
  region.replaceWith(fresh);
  for (const each of all("details[id]", fresh)) each.open = each.open || open.has(each.id);
  if (place) fresh.querySelector(place)?.focus({ preventScroll: true });
  fresh.classList.add("fresh");
  prepare(fresh);
}

function listen() {
  const events = new EventSource(`/live?after=${version}`);
  events.addEventListener("open", () => {
    pause = 1000;
    if (isAway) {
      isAway = false;
      status(say("Back"));
      setTimeout(() => { if (!isAway) status(""); }, 6000);
      refresh();
    }
  });
  events.addEventListener("changed", (event) => {
    version = Number(event.data) || version;
    refresh();
  });
  events.addEventListener("signed-out", () => { events.close(); status(say("SignedOut")); });
  events.addEventListener("error", () => {
    if (!isAway) { isAway = true; setTimeout(() => { if (isAway) status(say("Away")); }, 1500); }
    if (events.readyState !== EventSource.CLOSED) return;
    setTimeout(listen, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, 30000);
  });
  window.addEventListener("pagehide", () => events.close(), { once: true });
}
if (Number.isInteger(version) && window.EventSource) {
  listen();
  window.addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
}

// --- ticks, look, folds, keys of the page ---

function prepare(root) {
  for (const box of all("[data-tick-all]", root)) box.closest("label").hidden = false;
  countTicks();
}

function ticksOf(name) { return all(".tick").filter((tick) => tick.name === name); }

function countTicks() {
  for (const form of all("form[data-ticks]")) {
    const count = ticksOf(form.dataset.ticks).filter((tick) => tick.checked).length;
    const line = form.querySelector("[data-ticked]");
    line.dataset.none ??= line.textContent;
    line.textContent = count ? say("Ticked", count) : line.dataset.none;
  }
  for (const box of all("[data-tick-all]")) {
    const ticks = ticksOf(box.dataset.tickAll);
    box.checked = ticks.length > 0 && ticks.every((tick) => tick.checked);
    box.indeterminate = !box.checked && ticks.some((tick) => tick.checked);
  }
}

document.addEventListener("change", (event) => {
  const all_ = event.target.dataset.tickAll;
  if (all_) ticksOf(all_).forEach((tick) => { tick.checked = event.target.checked; });
  if (all_ || event.target.matches(".tick")) countTicks();
});

document.addEventListener("click", (event) => {
  for (const fold of all("details.fold[open]")) if (!fold.contains(event.target)) fold.open = false;
  const look = event.target.closest("[data-look]");
  if (!look || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.documentElement.dataset.theme = look.dataset.look;
  for (const link of all("[data-look]")) link.toggleAttribute("aria-current", link === look);
  look.setAttribute("aria-current", "true");
  fetch(look.href, { credentials: "same-origin", redirect: "manual" }).catch(() => {});
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const fold = document.querySelector("details.fold[open]");
    if (fold) { fold.open = false; fold.querySelector("summary").focus(); }
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (event.key === "/") {
    const search = document.querySelector("[data-search]");
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  } else if (event.key === "?") {
    const keys = document.querySelector("[data-keys]");
    if (keys) { keys.open = !keys.open; keys.querySelector("summary").focus(); }
  }
});

document.addEventListener("focusout", (event) => {  // 20092020 is a day without its signs
  const field = event.target;
  if (field.matches("input.short[inputmode=numeric]")) field.value = field.value.replace(/^\s*(\d\d)(\d\d)(\d{4})\s*$/, "$1/$2/$3");
});

// --- sheets: worked down by keyboard ---

const inCell = "input:not([type=hidden], [disabled]), select:not([disabled]), textarea:not([disabled])";
const cellOf = (element) => element.closest("td, th");
const rowsOf = (table) => [...table.tBodies].flatMap((part) => [...part.rows]).filter((row) => row.querySelector(inCell));

function enter(cell) {
  const field = cell && (cell.querySelector("input[type=radio]:checked") || cell.querySelector(inCell));
  if (!field) return false;
  field.focus();
  if (field.select && field.type !== "radio" && field.type !== "checkbox") field.select();
  return true;
}

function move(table, cell, down, right) {
  const rows = rowsOf(table);
  if (down) {
    const row = rows[rows.indexOf(cell.parentElement) + down];
    return row ? enter(row.cells[cell.cellIndex]) : false;
  }
  for (let next = cell.parentElement.cells[cell.cellIndex + right]; next; next = next.parentElement.cells[next.cellIndex + right]) {
    if (enter(next)) return true;
  }
  return false;
}

function choose(field, place) {
  if (field.tagName === "SELECT") {
    const options = [...field.options].filter((option) => option.value !== "");
    if (!options[place]) return;
    field.value = options[place].value;
  } else {
    const boxes = all(`input[type=${field.type}]`, cellOf(field));
    if (!boxes[place]) return;
    boxes[place].checked = field.type === "radio" || !boxes[place].checked;
    boxes[place].focus();
  }
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

document.addEventListener("keydown", (event) => {
  const field = event.target;
  const table = field.closest("[data-sheet]");
  if (!table || !field.matches(inCell) || event.isComposing || event.altKey) return;
  const cell = cellOf(field);
  const form = field.form;
  const isText = isTyping(field) && field.tagName !== "SELECT";
  const done = () => event.preventDefault();
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { done(); form?.requestSubmit(); return; }
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.key === "Enter") {
    done();
    if (!move(table, cell, 1, 0)) form?.querySelector("button.first, button:not([type=button])")?.focus();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (field.tagName === "TEXTAREA") return;
    done();
    move(table, cell, event.key === "ArrowDown" ? 1 : -1, 0);
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    const right = event.key === "ArrowRight" ? 1 : -1;
    const isAtEnd = !isText || (field.selectionStart === field.selectionEnd ? field.selectionEnd === (right > 0 ? field.value.length : 0)
      : field.selectionEnd - field.selectionStart === field.value.length);
    if (field.type === "radio" || !isAtEnd) return;
    if (move(table, cell, 0, right)) done();
  } else if (/^[1-9]$/.test(event.key) && !isText) {
    done();
    choose(field, Number(event.key) - 1);
  }
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (!field.closest("[data-sheet]") || !cellOf(field)) return;
  const isChanged = all(inCell, cellOf(field)).some((each) => each.tagName === "SELECT" ? each.value !== each.dataset.first
    : each.type === "radio" || each.type === "checkbox" ? each.checked !== each.defaultChecked : each.value !== each.defaultValue);
  cellOf(field).classList.toggle("changed", isChanged);
});

// --- a paste from Excel: lines of cells between tabs, quoted where a cell has lines of its own ---

function cellsOf(text) {
  const rows = [[""]];
  let isQuoted = false;
  const source = text.replace(/\r\n?/g, "\n").replace(/\n$/, "");
  for (let at = 0; at < source.length; at += 1) {
    const row = rows[rows.length - 1];
    const sign = source[at];
    if (sign === '"' && isQuoted && source[at + 1] === '"') { row[row.length - 1] += '"'; at += 1; }
    else if (sign === '"' && (isQuoted || row[row.length - 1] === "")) isQuoted = !isQuoted;
    else if (sign === "\t" && !isQuoted) row.push("");
    else if (sign === "\n" && !isQuoted) rows.push([""]);
    else row[row.length - 1] += sign === "\n" ? " " : sign;
  }
  return rows;
}

const plain = (text) => text.trim().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

function fill(cell, text) {
  const field = cell.querySelector(inCell);
  if (!field || field.type === "file") return;
  if (field.type === "radio" || field.tagName === "SELECT") {
    const offered = field.tagName === "SELECT" ? [...field.options] : all("input[type=radio]", cell);
    const meant = offered.find((each) => plain(each.label || each.closest("label").textContent) === plain(text) || each.value === text.trim());
    if (!meant) return;
    if (field.tagName === "SELECT") field.value = meant.value; else meant.checked = true;
  } else if (field.type === "checkbox") field.checked = !["", "0", "false", "khong", "no"].includes(plain(text));
  else field.value = text.trim();
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function addRow(table) {
  const rows = rowsOf(table);
  const row = rows[rows.length - 1].cloneNode(true);
  const place = rows.length;
  for (const each of all("[name], [id], [for], [aria-describedby], [aria-label]", row)) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      const value = each.getAttribute(name);
      if (value) each.setAttribute(name, value.replace(/([.-])\d+([.-])/, `$1${place}$2`));
    }
    const label = each.getAttribute("aria-label");
    if (label) each.setAttribute("aria-label", label.replace(/\d+$/, place + 1));
    if (each.matches("input, textarea")) each.value = "";
  }
  const number = row.querySelector("th");
  if (number && /^\d+$/.test(number.textContent.trim())) number.textContent = place + 1;
  rows[rows.length - 1].after(row);
  return row;
}

document.addEventListener("paste", (event) => {
  const table = event.target.closest("[data-paste]");
  const text = event.clipboardData?.getData("text/plain") || "";
  if (!table || !event.target.matches(inCell) || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const lines = cellsOf(text);
  const start = cellOf(event.target);
  const first = rowsOf(table).indexOf(start.parentElement);
  const most = 500;
  let left = 0;
  lines.forEach((cells, offset) => {
    let row = rowsOf(table)[first + offset];
    if (!row && table.dataset.paste === "grow" && first + offset < most) row = addRow(table);
    if (!row) { left += 1; return; }
    const targets = [...row.cells].slice(start.cellIndex).filter((cell) => cell.querySelector(inCell));
    cells.forEach((value, place) => { if (targets[place]) fill(targets[place], value); });
  });
  status(left ? say("TooMany", left) : say("Pasted", lines.length));
  setTimeout(() => status(""), 8000);
});

prepare(document);
