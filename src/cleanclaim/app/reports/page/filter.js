"use strict";
// The page is whole without this: it filters and searches the claims, and opens their details for print.
(() => {
  const form = document.getElementById("filter");
  if (!form) return;
  const articles = [...document.querySelectorAll("#list > article")];
  const told = document.getElementById("told");
  const search = document.getElementById("q");
  const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
  const number = new Intl.NumberFormat("en-US");
  let claims;

  const read = () => claims ??= articles.map((element) => ({
    element,
    payer: element.dataset.p,
    cents: Number(element.dataset.m),
    findings: [...element.querySelectorAll(".f")].map((finding) => [
      finding.classList[1], finding.querySelector("a").textContent, finding.querySelector("u").textContent,
    ]),
    text: null,
  }));
  const wanted = (name) => document.getElementById("by-" + name)?.value ?? "";

  const apply = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const [severity, edit, drug, payer] = ["severity", "edit", "drug", "payer"].map(wanted);
    let count = 0;
    let cents = 0;
    for (const claim of read()) {
      // One finding must meet all choices: a denied line and a rejected drug are not a denied drug.
      // A claim of which it cannot be said may have none: it stays until one of these is chosen.
      const chosen = severity || edit || drug;
      let met = (!payer || claim.payer === payer) && (!chosen || claim.findings.some((finding) =>
        (!severity || finding[0] === severity) && (!edit || finding[1] === edit) && (!drug || finding[2] === drug)));
      if (met && words.length) {
        claim.text ??= claim.element.textContent.toLowerCase();
        met = words.every((word) => claim.text.includes(word));
      }
      claim.element.hidden = !met;
      count += met;
      cents += met ? claim.cents : 0;
    }
    told.textContent = `${number.format(count)} of ${number.format(claims.length)} listed claims, ${dollars.format(cents / 100)} at risk`;
  };

  let waiting;
  search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(apply, 120); });
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => { event.preventDefault(); apply(); });
  form.addEventListener("reset", () => setTimeout(apply));

  for (const link of document.querySelectorAll("[data-pick]")) {
    const [name, ...rest] = link.dataset.pick.split("=");
    const value = rest.join("=");
    const choice = document.getElementById("by-" + name);
    if (!choice || ![...choice.options].some((option) => option.value === value)) continue;
    link.classList.add("on");
    link.addEventListener("click", () => { form.reset(); choice.value = value; setTimeout(apply); });
  }

  const open = document.getElementById("open");
  open.addEventListener("click", () => {
    const closing = open.textContent.startsWith("Close");
    for (const element of articles) if (!element.hidden) element.querySelector("details").open = !closing;
    open.textContent = closing ? "Open all" : "Close all";
  });
  addEventListener("beforeprint", () => { for (const element of articles) element.querySelector("details").open = true; });
  document.getElementById("plain").remove();
  form.hidden = false;
  apply();
})();
