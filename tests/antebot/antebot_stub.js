// Antebot as far as a script sees it. Commands come as lines of JSON on stdin, what happens goes to stdout.
"use strict";
const fs = require("fs");
const vm = require("vm");
const readline = require("readline");

const [scriptFile, optionsText] = process.argv.slice(2);
const options = JSON.parse(optionsText || "{}");
const callbacks = {};

function tell(what) {
  fs.writeSync(1, JSON.stringify(what) + "\n");
}

const ORIGIN = "file://";

// As a page does it: asked before, with an Origin, and only what is exposed can be read.
async function asPage(url, given) {
  const asked = await fetch(url, {
    method: "OPTIONS",
    headers: {
      Origin: ORIGIN,
      "Access-Control-Request-Method": given.method,
      "Access-Control-Request-Headers": Object.keys(given.headers).join(",").toLowerCase(),
    },
  });
  const allowed = (asked.headers.get("Access-Control-Allow-Headers") || "").split(/[ ,]+/);
  const wanted = Object.keys(given.headers).map(function (name) { return name.toLowerCase(); });
  if (!asked.ok || !wanted.every(function (name) { return allowed.includes(name); })) {
    throw new TypeError("Failed to fetch");
  }
  const headers = Object.assign({ Origin: ORIGIN }, given.headers);
  const answer = await fetch(url, Object.assign({}, given, { headers: headers }));
  if (answer.headers.get("Access-Control-Allow-Origin") !== ORIGIN) { throw new TypeError("Failed to fetch"); }
  const exposed = (answer.headers.get("Access-Control-Expose-Headers") || "").toLowerCase().split(/[ ,]+/);
  return {
    status: answer.status,
    text: function () { return answer.text(); },
    headers: {
      get: function (name) { return exposed.includes(name.toLowerCase()) ? answer.headers.get(name) : null; },
    },
  };
}

const engine = {
  onBetPlaced: function (callback) { callbacks.placed = callback; },
  onBettingStopped: function (callback) { callbacks.stopped = callback; },
};

const page = {
  engine: options.frozenEngine ? Object.freeze(engine) : engine,
  log: function () { tell({ log: Array.prototype.join.call(arguments, " ") }); },
  setTimeout: function (work, ms) {
    tell({ timer: ms });
    return setTimeout(work, ms);
  },
  clearTimeout: clearTimeout,
  difficulty: "expert",
};
if (!options.noFetch) {
  page.fetch = function (url, given) {
    tell({ post: JSON.parse(given.body).length });
    if (options.brokenFetch) { throw new Error("fetch is broken"); }
    return asPage(url, given);
  };
  page.AbortController = AbortController;
}
if (options.logFolder) {
  page.logToFile = function (name, content) {
    fs.appendFileSync(options.logFolder + "/" + name, content);
    return Promise.resolve();
  };
}

vm.createContext(page);
try {
  vm.runInContext(fs.readFileSync(scriptFile, "utf8"), page, { filename: "script.js" });
} catch (error) {
  tell({ thrown: String(error) });
}

const commands = {
  bets: function (bets) {
    const took = [];
    for (const bet of bets) {
      page.lastBet = bet;
      const started = process.hrtime.bigint();
      try {
        const answer = callbacks.placed(bet);
        if (answer && typeof answer.then === "function") { tell({ promise: true }); }
      } catch (error) {
        tell({ thrown: String(error) });
      }
      took.push(Number(process.hrtime.bigint() - started) / 1e6);
    }
    took.sort(function (one, other) { return one - other; });
    tell({ played: bets.length, middle_ms: took[took.length >> 1] });
  },
  stop: function () {
    callbacks.stopped(true, null);
    tell({ stopped: true });
  },
  counts: function () {
    tell({ counts: vm.runInContext("pumpDesktop.counts()", page) });
  },
  run: function (text) {
    vm.runInContext(text, page);
    tell({ ran: true });
  },
};

readline.createInterface({ input: process.stdin }).on("line", function (line) {
  const command = JSON.parse(line);
  for (const name of Object.keys(command)) { commands[name](command[name]); }
}).on("close", function () { process.exit(0); });
