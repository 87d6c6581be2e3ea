// Pump Desktop: sends your Pump bets to this computer's Pump Desktop, and nowhere else.
//
// Paste it into Antebot's code editor ABOVE your own strategy, or alone. It places no bets, changes no bet
// size and never stops betting, whether Pump Desktop is open or not. Keep it to yourself: it holds a token.
//
// What it expects of Antebot (what is missing is said once in the console):
//   engine.onBetPlaced(callback)       holds ONE callback and gives it lastBet; a strategy below this script
//                                      that sets its own keeps it, and both are called
//   engine.onBettingStopped(callback)  the same; what still waits is then sent at once
//   lastBet                            {id, nonce, amount, payout, currency, dateTime, clientSeed,
//                                      serverSeedHashed (serverSeed in simulation mode), state {difficulty,
//                                      roundTargetMultiplier, roundResultMultiplier}}
//   fetch(url, options)                as in any web page
//   log(text)                          one line in the console
//   logToFile(name, text)              appends to ~/Documents/Antebot/userLogs/<name> (on macOS
//                                      ~/Library/Application Support/userdata/logs/<name>)
// Started again, with a new token or other options, it takes over what its older self could not send yet.
// Should your Antebot not let this script listen beside your strategy, it says so; call
// pumpDesktop.take(lastBet) in your own onBetPlaced then.

var pumpDesktop = (function () {
  "use strict";

  var URL = @@url@@;
  var TOKEN = @@token@@;
  // Bets whose result is at least this multiplier are sent in full; 0 sends every bet.
  var THRESHOLD = @@threshold@@;
  // For every other bet one small message with nonce and result, so that streaks and gaps are true.
  var HEARTBEATS = @@heartbeats@@;
  // Messages to a request, and the longest a message waits for others.
  var BATCH = @@batch_size@@;
  var FLUSH_MS = 1000 * @@flush_seconds@@;
  // Messages kept while Pump Desktop cannot be reached; beyond that the oldest go.
  var BUFFER = @@buffer_size@@;
  // The second road: the same messages as lines of a file, which Pump Desktop can follow.
  var ALSO_LOG = @@also_log@@;
  var LOG_FILE = @@log_file@@;
  var LOG_PREFIX = @@log_prefix@@;

  var WAITS = " Betting goes on; messages wait.";
  var ALONE = "cannot listen beside a strategy; call pumpDesktop.take(lastBet) in its onBetPlaced.";
  var PATIENCE_MS = 30000;
  var LONGEST_PAUSE_MS = 30000;

  var waiting = [], sending = null, off = false, told = {};
  var turn = 0, failures = 0, most = BATCH;
  var oldestAt = 0, sentAt = 0, notBefore = 0, timer = null, watch = null;
  var posted = 0, refused = 0, lost = 0, lostInAll = 0;

  function now() {
    return new Date().getTime();
  }

  function say(text) {
    try {
      log("Pump Desktop: " + text);
    } catch (error) {
      return; // no console, and nowhere else to say so
    }
  }

  function sayOnce(kind, text) {
    if (told["say " + kind] !== true) {
      told["say " + kind] = true;
      say(text);
    }
  }

  function later(work, ms) {
    return typeof setTimeout === "function" ? setTimeout(work, ms) : null;
  }

  function wordsOf(error) {
    return String((error && error.message) || error);
  }

  // Gives a function that runs another one and never throws into Antebot.
  function safe(run) {
    return function (value) {
      try {
        run(value);
      } catch (error) {
        sayOnce("bug", "an error in the script: " + wordsOf(error));
      }
    };
  }

  // What a message says

  function number(value) {
    return typeof value === "number" ? value : null;
  }

  function first(one, other) {
    return one === undefined || one === null ? other : one;
  }

  function time(value) {
    var moment = new Date(first(value, NaN));
    return typeof value === "string" || isNaN(moment.getTime()) ? first(value, null) : moment.toISOString();
  }

  function resultOf(bet) {
    var state = bet.state || {};
    return number(first(state.roundResultMultiplier, first(bet.roundResultMultiplier, bet.roundResult)));
  }

  function difficultyOf(bet) {
    var chosen = typeof difficulty === "string" ? difficulty : null;
    return first(first((bet.state || {}).difficulty, bet.difficulty), chosen);
  }

  function messageOf(bet, whole) {
    var state = bet.state || {};
    var message = {
      type: whole ? "bet" : "heartbeat",
      nonce: bet.nonce,
      roundResult: resultOf(bet),
      difficulty: difficultyOf(bet),
      clientSeed: bet.clientSeed
    };
    if (bet.serverSeedHashed) {
      message.serverSeedHashed = bet.serverSeedHashed;
    } else if (bet.serverSeed) {
      message.serverSeed = bet.serverSeed;
    }
    if (whole) {
      // Always the same id for the same bet, so that nothing is stored twice.
      message.id = first(bet.id, "nonce-" + bet.nonce);
      message.dateTime = time(bet.dateTime);
      message.amount = bet.amount;
      message.payout = bet.payout;
      message.currency = bet.currency;
      message.roundTarget = number(first(state.roundTargetMultiplier, bet.roundTargetMultiplier));
    }
    return message;
  }

  // The way there

  function trim() {
    var over = waiting.length - BUFFER;
    if (over > 0) {
      waiting.splice(0, over);
      lost += over;
      lostInAll += over;
      sayOnce("lost", "more than " + BUFFER + " messages wait; from now on the oldest are dropped.");
    }
  }

  function wake(ms) {
    if (timer === null) {
      timer = later(safe(function () {
        timer = null;
        work();
      }), Math.max(ms, 1));
    }
  }

  function work() {
    if (sending !== null && now() - sentAt > PATIENCE_MS) {
      unreachable("no answer", 0); // where there are no timers
    }
    if (off || sending !== null || waiting.length === 0) {
      return;
    }
    var pause = Math.max(notBefore - now(), 0);
    if (pause === 0 && waiting.length < most) {
      pause = Math.max(oldestAt + FLUSH_MS - now(), 0);
    }
    return pause > 0 ? wake(pause) : post();
  }

  function post() {
    if (typeof fetch !== "function") {
      stop("this Antebot has no fetch; use the log file instead.");
      return;
    }
    turn += 1;
    var mine = turn;
    // For an answer that may come late, or twice.
    function ifMine(run) {
      return safe(function (value) {
        if (mine === turn) {
          run(value);
        }
      });
    }
    var unreached = ifMine(function (error) {
      unreachable(wordsOf(error), 0);
    });
    var abort = typeof AbortController === "function" ? new AbortController() : null;
    var headers = { "Content-Type": "application/json", "X-Ingest-Token": TOKEN };
    sending = waiting.splice(0, most);
    sentAt = oldestAt = now();
    watch = later(ifMine(function () {
      unreachable("no answer", 0);
      if (abort !== null) {
        abort.abort();
      }
    }), PATIENCE_MS);
    var options = { method: "POST", headers: headers, body: "[" + sending.join(",") + "]" };
    options.signal = abort === null ? undefined : abort.signal;
    try {
      fetch(URL, options).then(function (response) {
        response.text().then(ifMine(function (text) {
          answered(response, text);
        }), unreached);
      }, unreached).then(null, unreached);
    } catch (error) {
      unreached(error);
    }
  }

  // The batch is no longer under way; a late answer to it finds that it is not meant.
  function settled() {
    var batch = sending;
    sending = null;
    turn += 1;
    if (watch !== null && typeof clearTimeout === "function") {
      clearTimeout(watch);
    }
    return batch;
  }

  function parsed(text) {
    try {
      return JSON.parse(text) || {};
    } catch (error) {
      return {};
    }
  }

  function answered(response, text) {
    var body = parsed(text);
    var reason = typeof body.detail === "string" ? body.detail : "status " + response.status;
    if (response.status === 200 && body.results && body.results.length === sending.length) {
      delivered(body.results);
    } else if (response.status === 401) {
      failed("token", "the token was refused (" + reason + ")." + WAITS +
        " Copy the script from Pump Desktop again and start it in place of this one; it sends what waits.",
        0);
    } else if (response.status === 403) {
      failed("page", "this page is not let in (" + reason + ")." + WAITS +
        " Copy the script from Pump Desktop again, with its log file.", 0);
    } else if (response.status === 413 && sending.length > 1) {
      most = Math.ceil(sending.length / 2);
      waiting = settled().concat(waiting);
      post();
    } else if (response.status === 400 || response.status === 413 || response.status === 422) {
      // It would be refused again.
      refused += sending.length;
      sayOnce("batch " + reason, sending.length + " messages were refused: " + reason);
      settled();
      work();
    } else {
      unreachable(reason, pauseOf(response));
    }
  }

  function pauseOf(response) {
    var seconds = response.headers ? parseFloat(response.headers.get("Retry-After")) : 0;
    return seconds > 0 ? seconds * 1000 : 0;
  }

  function delivered(results) {
    results.forEach(function (result) {
      if (typeof result.detail === "string") {
        refused += 1;
        sayOnce("message " + result.detail, "a message was refused: " + result.detail);
      } else {
        posted += 1;
      }
    });
    if (failures > 0) {
      say("reached again; " + waiting.length + " waiting messages follow." +
        (lost > 0 ? " " + lost + " were dropped meanwhile." : ""));
      lost = 0;
      ["lost", "unreached", "token", "page"].forEach(function (kind) {
        told["say " + kind] = false;
      });
    }
    settled();
    failures = 0;
    notBefore = 0;
    work();
  }

  function unreachable(reason, pause) {
    failed("unreached", "cannot be reached at " + URL + " (" + reason + ")." + WAITS, pause);
  }

  // What was not taken waits and is tried again; a kind of reason is said once, until messages get through.
  function failed(kind, text, pause) {
    waiting = settled().concat(waiting);
    trim();
    sayOnce(kind, text);
    failures += 1;
    var doubled = Math.min(500 * Math.pow(2, Math.min(failures, 10) - 1), LONGEST_PAUSE_MS);
    notBefore = now() + (pause || doubled);
    wake(pause || doubled);
  }

  function stop(text) {
    off = true;
    waiting = [];
    say(text + " Nothing more is posted.");
  }

  // Ends this one and gives what it holds. What is under way is among it: it may be refused, and a bet that
  // comes twice is stored once.
  function handOver() {
    var rest = (sending === null ? [] : settled()).concat(waiting);
    off = true;
    waiting = [];
    return rest;
  }

  // Antebot may keep its engine from one start of a script to the next, or its variables, or neither.
  function takeOver() {
    var placed = typeof engine === "object" && engine !== null ? engine.onBetPlaced : null;
    [placed, typeof pumpDesktop === "object" ? pumpDesktop : null].forEach(function (older) {
      if (older && typeof older.handOver === "function") {
        waiting = waiting.concat(older.handOver());
      }
    });
    oldestAt = now();
    trim();
    if (waiting.length > 0) {
      say("takes over " + waiting.length + " messages that waited.");
      work();
    }
  }

  // The second road

  function write(text) {
    function unwritten(error) {
      sayOnce("file", "the log file cannot be written: " + wordsOf(error));
    }
    try {
      if (typeof logToFile !== "function") {
        log(LOG_PREFIX + text);
        return;
      }
      var written = logToFile(LOG_FILE, LOG_PREFIX + text + "\n");
      if (written && typeof written.then === "function") {
        written.then(null, unwritten);
      }
    } catch (error) {
      unwritten(error);
    }
  }

  // Antebot

  function wanted(bet) {
    var other = bet && typeof bet.game === "string" && bet.game !== "pump";
    if (other) {
      sayOnce("game", "bets of " + bet.game + " are not sent, only those of pump.");
    }
    return bet && typeof bet === "object" && bet.active !== true && !other;
  }

  var take = safe(function (given) {
    var bet = given || (typeof lastBet === "object" ? lastBet : null);
    if (!wanted(bet)) {
      return;
    }
    var whole = !(THRESHOLD > 0) || resultOf(bet) >= THRESHOLD;
    if (!whole && !HEARTBEATS) {
      return;
    }
    // Text at once: Antebot goes on with its lastBet.
    var text = JSON.stringify(messageOf(bet, whole));
    if (ALSO_LOG) {
      write(text);
    }
    if (!off) {
      oldestAt = waiting.length === 0 ? now() : oldestAt;
      waiting.push(text);
      trim();
      work();
    }
  });

  var finish = safe(function () {
    if (!off && sending === null && waiting.length > 0) {
      post();
    }
  });

  // Sets our callback, and sees to it that one set later is called after ours and not instead of it.
  function listen(name, ours) {
    if (typeof engine !== "object" || engine === null || typeof engine[name] !== "function") {
      say("this Antebot has no engine." + name + ".");
      return;
    }
    // When this script is started again, its own older self stands there.
    var set = engine[name].pumpDesktop || engine[name];
    function both(theirs) {
      return set.call(engine, function (value) {
        ours(value);
        return typeof theirs === "function" ? theirs.apply(this, arguments) : undefined;
      });
    }
    both.pumpDesktop = set;
    both.handOver = handOver;
    both(null);
    try {
      engine[name] = both;
    } catch (error) {
      sayOnce("engine", ALONE); // frozen; where it is only ignored, the next line finds out
    }
    if (engine[name] !== both) {
      sayOnce("engine", ALONE);
    }
  }

  safe(function () {
    takeOver();
    listen("onBetPlaced", take);
    listen("onBettingStopped", finish);
    say("ready, sending to " + URL + ".");
  })();

  return {
    take: take,
    finish: finish,
    handOver: handOver,
    counts: function () {
      return { posted: posted, refused: refused, lost: lostInAll, waiting: waiting.length, off: off };
    }
  };
}());
