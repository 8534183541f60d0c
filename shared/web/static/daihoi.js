// What pages can do beyond links and forms. Every page works without it; it says nothing but what <body> gives it.
"use strict";

const body = document.body;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const say = (name, count) => (body.dataset[`say${name}`] || "").replace("{count}", count);
const line = document.getElementById("connection");
const tell = (text) => { if (line.textContent !== say("SignedOut")) line.textContent = text; };
const mention = (text) => {
  tell(text);
  setTimeout(tell, 8000, "");
};
const isBox = (field) => field.type === "checkbox" || field.type === "radio";
const isText = (field) => field.matches("textarea, input") && !isBox(field);
const stateOf = (field) => (isBox(field) ? field.checked : field.value);
const changed = (field) => {
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
};

// --- forms: sent once, kept until they are done ---

const firstStates = new WeakMap();
const isDirty = (field) => firstStates.has(field) && firstStates.get(field) !== stateOf(field);
const typedIn = (form) => [...form.elements].filter((field) =>
  field.matches("input:not([type=hidden], [type=file], [type=password]), select, textarea") && field.name);
const isBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
const keyOf = (form) => `daihoi:${location.pathname}:${form.dataset.keep}`;

function stored(act) {  // there may be no storage, or no room
  try { return act(sessionStorage); } catch { return null; }
}

const forget = (form) => stored((storage) => storage.removeItem(keyOf(form)));

function keep(form, isSent) {
  const values = typedIn(form).filter((field) => !isBox(field) || field.checked).map((field) => [field.name, field.value]);
  const kept = JSON.stringify({ values, sent: isSent ? form.elements.command_id?.value : "" });
  stored((storage) => storage.setItem(keyOf(form), kept));
}

function restore(form) {
  const kept = stored((storage) => JSON.parse(storage.getItem(keyOf(form))));
  if (kept?.done && !isBack) return void forget(form);
  if (!kept || document.getElementById("problems") || form.querySelector("[aria-invalid], .meanwhile")) return;
  for (const table of all("[data-paste=grow]", form)) {
    const nameIn = (place) => table.querySelector(INPUTS).name.replace(/\.\d+\./, `.${place}.`);
    while (kept.values.some(([name]) => name === nameIn(rowsOf(table).length))) addRow(table);
  }
  const fields = typedIn(form);
  const left = [...kept.values];
  for (const field of fields) {
    const place = left.findIndex(([name, value]) => name === field.name && (!isBox(field) || value === field.value));
    if (isBox(field)) field.checked = place >= 0;
    else if (place >= 0) field.value = left[place][1];
    if (place >= 0) left.splice(place, 1);
  }
  if (!kept.done && !fields.some(isDirty)) return;
  if (kept.sent) {
    form.elements.command_id.value = kept.sent;
    form.dataset.sent = "";
  }
  if (kept.done) return;
  const notice = document.createElement("p");
  const drop = document.createElement("button");
  notice.className = "notice tone-info";
  notice.setAttribute("role", "status");
  drop.type = "button";
  drop.className = "quiet";
  drop.textContent = say("Discard");
  drop.addEventListener("click", () => {
    forget(form);
    location.reload();
  });
  notice.append(say("Kept"), " ", drop);
  form.prepend(notice);
}

function release(form) {
  form.removeAttribute("aria-busy");
  for (const button of all("[data-held]", form)) {
    button.disabled = false;
    delete button.dataset.held;
  }
}

addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.keep) keep(form, true);
  if (form.hasAttribute("aria-busy") || navigator.onLine === false) {
    event.preventDefault();
    if (navigator.onLine === false) tell(say("NotSent"));
    return;
  }
  form.dataset.sent = "";
  form.setAttribute("aria-busy", "true");
  setTimeout(() => {  // once the browser has taken in which button it was
    for (const button of all("button:enabled", form)) {
      button.disabled = true;
      button.dataset.held = "";
    }
  });
  setTimeout(release, 20000, form);
});

addEventListener("input", ({ target: { form } }) => {
  if (form?.method !== "post") return;
  if ("sent" in form.dataset && form.elements.command_id) {  // another text is another command
    delete form.dataset.sent;
    form.elements.command_id.value = crypto.randomUUID();
  }
  if (form.dataset.keep) keep(form, false);
});

addEventListener("pageshow", () => {
  all("form").forEach(release);
  follow();
});

// --- live parts ---

const TOLD = "told";
let version = Number(body.dataset.version);
let events = null;
let pause = 1000;
let away = null;  // what will say so if the stream is not back soon, or TOLD
let isWanted = false;
let isRefreshing = false;
let isStale = false;

const isInUse = (region) => region.contains(document.activeElement) && document.activeElement.matches("form *, [data-sheet] *") ||
  region.querySelector(".tick:checked") || all("input, select, textarea", region).some(isDirty);

const sources = new Map();  // of the regions as they came; each form has a command id of its own
const sourceOf = (region) => region.outerHTML.replace(/name="command_id" value="[^"]*"/g, "");

async function refresh() {
  isWanted = true;
  if (isRefreshing || !document.querySelector("[data-live][id]")) return;
  isRefreshing = true;
  try {
    while (isWanted) {
      isWanted = false;
      isStale = false;
      const answer = await fetch(location.href, { headers: { "X-Live": "1" } });
      if (!answer.ok || answer.redirected) break;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const region of all("[data-live][id]")) show(region, page.getElementById(region.id));
      if (isStale || line.textContent === say("Changed")) tell(isStale ? say("Changed") : "");
    }
  } catch { /* the stream tells of it, and comes back */ }
  isRefreshing = false;
}

function show(region, fresh) {
  if (!fresh || sources.get(region.id) === sourceOf(fresh)) return;
  if (isInUse(region)) {
    isStale = true;
    return;
  }
  const folds = new Map(all("details", region).map((each) => [each.querySelector("summary").textContent, each.open]));
  const href = region.contains(document.activeElement) && document.activeElement.getAttribute("href");
  region.replaceWith(fresh);
  for (const each of all("details", fresh)) each.open = folds.get(each.querySelector("summary").textContent) ?? each.open;
  if (href) fresh.querySelector(`a[href="${CSS.escape(href)}"]`)?.focus({ preventScroll: true });
  prepare(fresh);
  fresh.classList.add("fresh");
}

for (const name of ["focusout", "change"]) addEventListener(name, () => isStale && setTimeout(refresh, 200));

function follow() {  // where it is looked at: a browser has six lines to a service
  events?.close();
  if (document.hidden || !Number.isInteger(version)) return;
  events = new EventSource(`/live?after=${version}`);
  events.onopen = () => {
    pause = 1000;
    clearTimeout(away);
    if (away === TOLD) mention(say("Back"));
    away = null;
  };
  events.addEventListener("changed", (event) => {
    version = Number(event.data) || version;
    refresh();
  });
  events.addEventListener("signed-out", () => {
    events.close();
    tell(say("SignedOut"));
  });
  events.onerror = () => {
    away ??= setTimeout(() => {
      away = TOLD;
      tell(say("Away"));
    }, 1500);
    if (events.readyState !== EventSource.CLOSED) return;  // it comes back by itself
    setTimeout(follow, pause * (0.75 + Math.random() / 2));
    pause = Math.min(pause * 2, 30000);
  };
}

addEventListener("visibilitychange", follow);

// --- ticks, look, folds, keys of the page ---

const ticksOf = (name) => all(".tick").filter((tick) => tick.name === name);

function countTicks() {
  for (const form of all("form[data-ticks]")) {
    const count = ticksOf(form.dataset.ticks).filter((tick) => tick.checked).length;
    const ticked = form.querySelector("[data-ticked]");
    ticked.dataset.none ??= ticked.textContent;
    ticked.textContent = count ? say("Ticked", count) : ticked.dataset.none;
  }
  for (const box of all("[data-tick-all]")) {
    const ticks = ticksOf(box.dataset.tickAll);
    box.checked = ticks.length > 0 && ticks.every((tick) => tick.checked);
    box.indeterminate = !box.checked && ticks.some((tick) => tick.checked);
  }
}

addEventListener("change", ({ target }) => {
  if (target.dataset.tickAll) for (const tick of ticksOf(target.dataset.tickAll)) tick.checked = target.checked;
  if (target.matches(".tick, [data-tick-all]")) countTicks();
  const cell = target.closest("[data-sheet] td");
  if (cell) cell.classList.toggle("changed", all("input, select", cell).some(isDirty));
});

const DROPPED = ".fold[open]:has(> .fold-panel)";
addEventListener("click", (event) => {
  for (const fold of all(DROPPED)) if (!fold.contains(event.target)) fold.open = false;
  const look = event.target.closest("[data-look]");
  if (!look || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  document.documentElement.dataset.theme = look.dataset.look;
  for (const link of all("[data-look]")) link.removeAttribute("aria-current");
  look.setAttribute("aria-current", "true");
  fetch(look.href, { redirect: "manual" }).catch(() => {});
});

addEventListener("keydown", (event) => {
  const fold = document.querySelector(DROPPED);
  if (event.key === "Escape" && fold) {
    fold.open = false;
    fold.querySelector("summary").focus();
  }
  if (event.ctrlKey || event.metaKey || event.altKey || isText(event.target)) return;
  const search = document.querySelector("[data-search]");
  const keys = document.querySelector("[data-keys]");
  if (event.key === "/" && search) {
    event.preventDefault();
    search.focus();
    search.select();
  } else if (event.key === "?" && keys) {
    keys.open = !keys.open;
    keys.querySelector("summary").focus();
  }
});

addEventListener("focusout", ({ target }) => {  // 20092020 is a day without its signs
  if (target.matches("input.short")) target.value = target.value.replace(/^\s*(\d\d)(\d\d)(\d{4})\s*$/, "$1/$2/$3");
});

// --- sheets: worked down by keyboard ---

const INPUTS = "input:enabled:not([type=hidden], [type=file]), select:enabled, textarea:enabled";
const cellOf = (field) => field.closest("td, th");
const rowsOf = (table) => all("tbody > tr", table).filter((row) => row.querySelector(INPUTS));

function enter(cell) {
  const field = cell?.querySelector("input:checked") || cell?.querySelector(INPUTS);
  field?.focus();
  if (field && isText(field)) field.select();
  return Boolean(field);
}

function goDown(field, by) {
  const rows = rowsOf(field.closest("table"));
  const column = cellOf(field).cellIndex;
  for (let place = rows.indexOf(field.closest("tr")) + by; rows[place]; place += by) if (enter(rows[place].cells[column])) return true;
  return false;
}

function goRight(field, by) {
  const { cells } = field.closest("tr");
  for (let place = cellOf(field).cellIndex + by; cells[place]; place += by) if (enter(cells[place])) return true;
  return false;
}

function choose(field, place) {
  const choices = field.matches("select") ? [...field.options].filter((option) => option.value) : all("input", cellOf(field));
  const choice = choices[place];
  if (!choice) return;
  if (field.matches("select")) field.value = choice.value;
  else {
    choice.checked = choice.type === "radio" || !choice.checked;
    choice.focus();
  }
  changed(field);
}

function isAtEdge(field, by) {
  if (!isText(field)) return field.type !== "radio";
  const { selectionStart: start, selectionEnd: end, value } = field;
  return (start === 0 && end === value.length) || (start === end && end === (by > 0 ? value.length : 0));
}

addEventListener("keydown", (event) => {
  const field = event.target;
  const { key } = event;
  if (!field.matches("[data-sheet] :is(input, select, textarea)") || event.isComposing || event.altKey || event.shiftKey) return;
  let isDone = true;
  if (event.ctrlKey || event.metaKey) {
    isDone = key === "Enter";
    if (isDone) field.form?.requestSubmit();
  } else if (key === "Enter") {
    if (!goDown(field, 1)) field.form?.querySelector("button.first")?.focus();
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    goDown(field, key === "ArrowDown" ? 1 : -1);
  } else if (key === "ArrowRight" || key === "ArrowLeft") {
    const by = key === "ArrowRight" ? 1 : -1;
    isDone = isAtEdge(field, by) && goRight(field, by);
  } else if (/^[1-9]$/.test(key) && !isText(field)) {
    choose(field, Number(key) - 1);
  } else isDone = false;
  if (isDone) event.preventDefault();
});

// --- a paste from Excel: lines of cells between tabs, quoted where a cell has lines of its own ---

function cellsOf(text) {
  const rows = [[""]];
  let isQuoted = false;
  for (const [sign] of text.replace(/\r\n?/g, "\n").replace(/\n$/, "").matchAll(/""|[^]/g)) {
    const row = rows.at(-1);
    if (sign === '"' && (isQuoted || row.at(-1) === "")) isQuoted = !isQuoted;
    else if (sign === "\t" && !isQuoted) row.push("");
    else if (sign === "\n" && !isQuoted) rows.push([""]);
    else row[row.length - 1] += sign === "\n" ? " " : sign === '""' && isQuoted ? '"' : sign;
  }
  return rows;
}

const plain = (text) => text.trim().normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();

function fill(cell, text) {
  const field = cell.querySelector(INPUTS);
  if (isText(field)) field.value = text.trim();
  else {
    const choices = field.matches("select") ? [...field.options] : all("input", cell);
    const meant = choices.find((each) => [each.label ?? each.closest("label").textContent, each.value].map(plain).includes(plain(text)));
    if (meant) meant[field.matches("select") ? "selected" : "checked"] = true;
  }
  changed(field);
}

function addRow(table) {
  const last = rowsOf(table).at(-1);
  const place = rowsOf(table).length;
  const row = last.cloneNode(true);
  for (const field of all(INPUTS, row)) {
    field.name = field.name.replace(/\.\d+\./, `.${place}.`);
    field.id = field.id.replace(/-\d+-/, `-${place}-`);
    field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, place + 1));
    field.value = "";
  }
  row.querySelector("th").textContent = place + 1;
  last.after(row);
  return row;
}

addEventListener("paste", (event) => {
  const field = event.target;
  const table = field.closest("[data-paste]");
  const text = event.clipboardData.getData("text/plain");
  if (!table || !field.matches(INPUTS) || !/[\t\n]/.test(text.trim())) return;
  event.preventDefault();
  const first = rowsOf(table).indexOf(field.closest("tr"));
  const column = cellOf(field).cellIndex;
  const most = table.dataset.paste === "grow" ? 500 : 0;
  const lines = cellsOf(text);
  let leftOut = 0;
  lines.forEach((values, offset) => {
    const row = rowsOf(table)[first + offset] || (first + offset < most && addRow(table));
    if (!row) leftOut += 1;
    else [...row.cells].slice(column).filter((cell) => cell.querySelector(INPUTS)).slice(0, values.length)
      .forEach((cell, place) => fill(cell, values[place]));
  });
  mention(leftOut ? say("TooMany", leftOut) : say("Pasted", lines.length));
});

// --- as the page opens ---

function prepare(root) {
  for (const region of [root, ...all("[data-live]", root)]) if (region.id) sources.set(region.id, sourceOf(region));
  for (const field of all("input, select, textarea", root)) firstStates.set(field, stateOf(field));
  for (const box of all("[data-tick-all]", root)) box.closest("label").hidden = false;
  countTicks();
}

prepare(document);
if ("done" in body.dataset) {
  stored((storage) => {  // for whoever goes back and sends it again
    for (const key of Object.keys(storage)) {
      const kept = key.startsWith("daihoi:") && JSON.parse(storage[key]);
      if (kept.sent) storage.setItem(key, JSON.stringify({ ...kept, done: true }));
    }
  });
  const address = new URL(location.href);
  address.searchParams.delete("done");
  history.replaceState(history.state, "", address);
}
all("form[data-keep]").forEach(restore);
document.querySelector("[data-focus]")?.focus();
