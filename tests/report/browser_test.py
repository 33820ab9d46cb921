#!/usr/bin/env python3
"""Opens reports in a headless Chromium: no request leaves the page, no script fails, nothing of a task becomes markup, and the
figures are those of the journal.

    python3 browser_test.py PRUN [--tasks N] [--screenshots FOLDER]

Exits with 77, which ctest counts as skipped, where there is no browser.
"""
import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile

import webdriver

NASTY = ["</script><script>document.title='owned'</script>", "<img src=http://prun.invalid/a.png onerror=alert(1)>",
         "\"'><b>bold</b>", "\x1b[31mred\u202e", "]]>--><!--<script>"]

# A script that ends when what was asked for has been drawn.
SETTLE = "return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"


def check(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(found, wanted, what):
    check(found == wanted, f"{what}: the page has {found!r}, wanted is {wanted!r}")


def prun(binary, *words, status=(0, 1), **more):
    done = subprocess.run([binary, *words], capture_output=True, timeout=600, **more)
    check(done.returncode in status, f"prun {words}: exit status {done.returncode}: {done.stderr.decode(errors='replace')}")
    return done


def make_run(binary, folder):
    """A run with values, failures, retries and names that try to break out of the page: its journal and its report."""
    tasks = [["fib", n] for n in range(24, 4, -1)]
    tasks += [{"function": "fib", "args": [-n]} for n in range(1, 6)]
    tasks += [["identity", text] for text in NASTY]
    tasks += [{"cmd": ["sh", "-c", "echo no such file: /tmp/x$$ >&2; exit 3"]} for _ in range(3)]
    tasks += [{"cmd": ["sh", "-c", "printf '\\377\\376<b>'; exit 4"]}]
    path = os.path.join(folder, "tasks.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tasks, file)
    journal, report = os.path.join(folder, "run.db"), os.path.join(folder, "run.html")
    prun(binary, "submit", "--tasks", path, "-j", "2", "--retries", "1", "--retry-on", "exit", "--journal", journal, "--report", report,
         "--report", os.path.join(folder, "run.svg"))
    return journal, report


def journal_figures(path):
    with sqlite3.connect(path) as database:
        def one(sql):
            return database.execute(sql).fetchone()[0]
        return {
            "attempts": one("SELECT count(*) FROM attempts"),
            "succeeded": one("SELECT count(*) FROM outcomes WHERE ending = 'value'"),
            "failed": one("SELECT count(*) FROM outcomes WHERE ending <> 'value'"),
            "retried": one("SELECT count(*) FROM attempts WHERE NOT final"),
            "total": one("SELECT coalesce(sum(duration), 0) FROM attempts"),
            "longest": one("SELECT max(duration) FROM attempts"),
            "cpu": one("SELECT coalesce(sum(user + system), 0) * 1000 FROM attempts"),
            "memory": one("SELECT max(max_rss) FROM attempts"),
        }


def slowest_of_journal(path):
    with sqlite3.connect(path) as database:
        return [row[0] for row in database.execute("SELECT duration FROM attempts WHERE duration > 0 ORDER BY 1 DESC LIMIT 100")]


def figure(browser, name):
    return int(browser.run("const d = document.querySelector(`#${arguments[0]} data`); return d ? d.value : '0'", name))


def column(browser, selector):
    return [int(value) for value in browser.run(
        "return [...document.querySelectorAll(arguments[0])].map(data => data.value)", selector)]


def check_quiet(browser):
    """No request left the page, and no script failed."""
    for entry in browser.log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] != "Network.requestWillBeSent":
            continue
        url = message["params"]["request"]["url"]
        check(url.startswith(("file:", "data:")), f"the page asks for {url}")
    for entry in browser.log("browser"):
        own = "willReadFrequently" in entry["message"]  # this test reads what is drawn
        check(own or entry["level"] not in ("SEVERE", "WARNING"), f"the browser complains: {entry['message']}")


def check_figures(browser, journal):
    for name, wanted in journal_figures(journal).items():
        equal(figure(browser, name), wanted, name)
    equal(column(browser, "#slowest td:first-child data, #slowest-more td:first-child data"), slowest_of_journal(journal), "slowest")
    equal(sum(column(browser, "#failures td:nth-child(1) data")), journal_figures(journal)["failed"], "failures by group")
    equal(sum(column(browser, "#functions td:nth-child(2) data")), journal_figures(journal)["attempts"], "attempts by function")


def check_names(browser):
    check(browser.run("return document.title").startswith("prun report"), "a task has set the title")
    check(browser.run("return document.querySelectorAll('main b, main img, main script').length") == 0, "a task became markup")
    text = browser.run("return document.querySelector('main').textContent")
    check("</script><script>document.title='owned'</script>" in text, "a task's name is not shown as it is")
    check("\x1b" not in text and "\u202e" not in text, "a control character is shown as it is")


def check_keyboard(browser):
    browser.run("document.getElementById('timeline').focus()")
    shown = "return document.getElementById('window').textContent"
    whole = browser.run(shown)
    browser.press("+")
    browser.run(SETTLE)
    check(browser.run(shown) != whole, "+ does not zoom in")
    browser.press("0")
    browser.run(SETTLE)
    equal(browser.run(shown), whole, "0 shows all")
    browser.press("f")
    browser.run(SETTLE)
    detail = browser.run("return document.getElementById('detail').textContent")
    check("failed" in detail and "worker" in detail, f"f finds no failure: {detail!r}")


def pixels(browser):
    """A sum over what is drawn."""
    return browser.run("const c = document.getElementById('timeline'), d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;"
                       "let sum = 0; for (let i = 0; i < d.length; i += 4) sum += d[i] + d[i + 1] + d[i + 2]; return sum")


def check_themes(browser, folder, name):
    seen = {}
    for theme in ("light", "dark"):
        browser.use_theme(theme)
        browser.run(SETTLE)
        seen[theme] = (browser.run("return getComputedStyle(document.documentElement).backgroundColor"), pixels(browser))
        if folder:
            browser.screenshot(os.path.join(folder, f"{name}-{theme}.png"))
    check(seen["light"][0] != seen["dark"][0], "the page is the same in both themes")
    check(seen["light"][1] > 1.5 * seen["dark"][1], f"the timeline is not darker in the dark theme: {seen}")
    browser.run("window.dispatchEvent(new Event('beforeprint'))")
    check(pixels(browser) > 1.5 * seen["dark"][1], "the timeline is printed as in the dark theme")
    browser.run("window.dispatchEvent(new Event('afterprint'))")


def small_run(binary, folder, screenshots):
    journal, report = make_run(binary, folder)
    again = os.path.join(folder, "again.html")
    prun(binary, "report", journal, again)
    for page in (report, again):
        with webdriver.Browser() as browser:
            browser.open(page)
            check_figures(browser, journal)
            check_names(browser)
            check_keyboard(browser)
            check_themes(browser, screenshots, os.path.basename(page))
            check_quiet(browser)
    with webdriver.Browser() as browser:
        browser.open(os.path.join(folder, "run.svg"))
        equal(browser.run("return document.querySelectorAll('rect.run, rect.failed, rect.retried').length"),
              journal_figures(journal)["attempts"], "attempts in the picture")
        if screenshots:
            browser.screenshot(os.path.join(screenshots, "svg.png"), whole=False)
        check_quiet(browser)


def large_run(binary, folder, tasks, screenshots):
    report = os.path.join(folder, "large.html")
    prun(binary, "map", "identity", f"1..{tasks}", "-j", "2", "--chunksize", "1", "--report", report, "--output", "raw")
    size = os.path.getsize(report)
    check(size < 5_000_000, f"the page has {size} bytes")
    with webdriver.Browser() as browser:
        browser.open(report)
        equal(figure(browser, "attempts"), tasks, "attempts")
        drawn = browser.run("return document.documentElement.dataset.drawn")
        redraw = browser.run("const from = performance.now(); window.dispatchEvent(new Event('beforeprint')); return performance.now() - from")
        print(f"{tasks} tasks: {size} bytes, drawn {drawn} ms after the page was asked for, drawn again in {redraw:.0f} ms")
        check_quiet(browser)
        if screenshots:
            browser.screenshot(os.path.join(screenshots, "large.png"))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prun")
    parser.add_argument("--tasks", type=int, default=1_000_000, help="of the large run")
    parser.add_argument("--screenshots", metavar="FOLDER", help="keep pictures of the pages there")
    arguments = parser.parse_args()
    missing = webdriver.missing()
    if missing:
        print(f"SKIPPED: the report is not tested in a browser, because this machine has no {' and no '.join(missing)}")
        return 77
    with tempfile.TemporaryDirectory(prefix="prun-report-") as folder:
        small_run(arguments.prun, folder, arguments.screenshots)
        large_run(arguments.prun, folder, arguments.tasks, arguments.screenshots)
    return 0


if __name__ == "__main__":
    sys.exit(main())
