/* Counterfoil's tag: <script defer src="https://COLLECTOR/t.js" data-site="SITE_KEY"></script>
   counterfoil("event", "purchase", {order: "A-1", value_minor: 4900, currency: "EUR"})
   counterfoil("consent", "granted")  with data-consent="required"; or "denied" */
(function (w, d, n) {
  "use strict";
  try {
    var early = w.counterfoil, me = d.currentScript, data = me && me.dataset;
    if (!data || !data.site || (early && early.site)) return;
    var to = new URL("/v1/events", me.src).href, gpc = !!n.globalPrivacyControl;
    var consent = (/^(granted|denied|required)$/.exec(data.consent) || [""])[0], waiting = [], timer = 0, seen, before = d.referrer;

    var safely = function (what) {
      return function () { try { return what.apply(this, arguments); } catch (e) {} };
    };

    var hex = function () {
      return Array.from(crypto.getRandomValues(new Uint8Array(16)), function (b) {
        return (b + 256).toString(16).slice(1);
      }).join("");
    };

    // The first-party id, kept in two places because browsers forget either; "" if in none.
    var visitor = function () {
      if (gpc || consent == "denied") return "";
      var found = (d.cookie.match(/(?:^|; )cf_id=(\w+)/) || [])[1];
      try { found = localStorage.cf_id || found; } catch (e) {}
      found = found || hex();
      try { localStorage.cf_id = found; } catch (e) {}
      d.cookie = "cf_id=" + found + ";path=/;max-age=34560000;samesite=lax" +
        (location.protocol == "https:" ? ";secure" : "");
      try { if (localStorage.cf_id == found) return found; } catch (e) {}
      return d.cookie.indexOf(found) < 0 ? "" : found;
    };

    // `leaving`: the page goes away; a beacon outlives it.
    var flush = safely(function (leaving) {
      clearTimeout(timer);
      timer = 0;
      if (!waiting.length || consent == "required") return;
      var id = visitor();
      var body = JSON.stringify(waiting.splice(0, 50).map(function (event) {
        if (id) event.visitor = id;
        if (consent) event.consent = consent;
        event.sent_at = Date.now();
        return event;
      }));
      if (!(leaving && n.sendBeacon && n.sendBeacon(to, body)))
        fetch(to, { method: "POST", body: body, keepalive: true, credentials: "include" })
          .catch(function () {});
      if (waiting.length) flush(leaving);
    });

    var add = function (type, fields) {
      var event = { id: hex(), site: data.site, type: type, url: location.href, occurred_at: Date.now() };
      if (gpc) event.gpc = true;
      if ("test" in data && data.test != "false") event.test = true;
      waiting.push(Object.assign(event, fields));
      if (waiting.length > 500) waiting.shift();
      timer = timer || setTimeout(flush);
    };

    var page = function () {
      var here = location.pathname + location.search;
      if (here == seen) return;
      add("page", before ? { referrer: before } : {});
      var clean = location.search.replace(/([?&])cf=[^&]*(&|$)/g, function (_, a, b) { return b && a; });
      if (clean != location.search)
        replace.call(history, history.state, "", location.pathname + clean + location.hash);
      seen = location.pathname + location.search;
      before = location.href;
    };

    var api = safely(function (call, name, fields) {
      if (call == "event") {
        var event = { name: "" + name };
        fields = JSON.parse(JSON.stringify(fields || {}));
        ["order", "value_minor", "currency", "properties", "click", "test"].forEach(function (key) {
          if (fields[key] != null) event[key] = fields[key];
        });
        if (event.order != null) event.order = "" + event.order;
        add("event", event);
      } else if (call == "consent") {
        if (consent == "required" && name != "granted") waiting = [];
        consent = name == "granted" ? name : "denied";
        flush();
      }
    });
    api.site = data.site;
    w.counterfoil = api;

    var replace = history.replaceState;
    ["pushState", "replaceState"].forEach(function (name) {
      var real = history[name], look = safely(page);
      history[name] = function () {
        var result = real.apply(this, arguments);
        look();
        return result;
      };
    });
    w.addEventListener("popstate", safely(page));
    w.addEventListener("pageshow", safely(function (event) {
      if (event.persisted) { seen = 0; page(); }
    }));
    w.addEventListener("pagehide", safely(function () { flush(1); }));
    d.addEventListener("visibilitychange", safely(function () {
      if (d.visibilityState == "hidden") flush(1);
    }));

    var start = safely(function () {
      page();
      ((early && early.q) || []).forEach(function (call) { api.apply(w, call); });
    });
    if (d.prerendering) d.addEventListener("prerenderingchange", start, { once: true });
    else start();
  } catch (e) {}
})(window, document, navigator);
