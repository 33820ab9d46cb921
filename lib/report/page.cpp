// Assembles the page. page/page.html, page/page.css and page/page.js define its appearance.
#include "report/page.hpp"

#include "command/command_words.hpp"
#include "report/charts.hpp"
#include "report/load.hpp"
#include "report/page_data.hpp"
#include "report/tables.hpp"
#include "report/text.hpp"
#include "report/timeline.hpp"
#include "report/verdict.hpp"

#include <fmt/format.h>
#include <nettle/sha2.h>

#include <array>
#include <future>
#include <iterator>
#include <map>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace prun::report {

std::string_view page_html() noexcept;
std::string_view page_css() noexcept;
std::string_view page_js() noexcept;

namespace {

constexpr std::size_t load_steps = 1000;
constexpr std::size_t most_timeline_bytes = 2'200'000;
constexpr std::size_t most_functions = 8;

using Parts = std::map<std::string_view, std::string>;

/// Returns the template with each `{{name}}` replaced. Inserted text is not searched again.
std::string fill(std::string_view text, const Parts& parts) {
  std::string filled;
  for (;;) {
    const std::size_t open = text.find("{{");
    filled += text.substr(0, open);
    if (open == std::string_view::npos) return filled;
    const std::size_t close = text.find("}}", open);
    if (close == std::string_view::npos) throw std::logic_error("the report's template has an open placeholder");
    filled += parts.at(text.substr(open + 2, close - open - 2));
    text.remove_prefix(close + 2);
  }
}

/// The hash that allows a script in the Content-Security-Policy.
std::string sha256(std::string_view text) {
  sha256_ctx context;  // NOLINT(cppcoreguidelines-pro-type-member-init): by sha256_init
  sha256_init(&context);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): characters as bytes
  sha256_update(&context, text.size(), reinterpret_cast<const std::uint8_t*>(text.data()));
  std::array<std::uint8_t, SHA256_DIGEST_SIZE> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  return base64(std::string(digest.begin(), digest.end()));
}

std::string percent(double part) { return fmt::format("{:.0f}%", 100 * part); }

void append_figure(std::string& out, std::string_view name, std::string_view id, const std::string& html,
                   bool bad = false) {
  fmt::format_to(std::back_inserter(out), "<div><dt>{}</dt><dd id=\"{}\"{}>{}</dd></div>", name, id,
                 bad ? " class=\"bad\"" : "", html);
}

std::string figures(const history::History& history, const Load& load) {
  const history::Totals& totals = history.totals();
  std::string list;
  append_figure(list, "Took", "wall", duration_data(history.wall()));
  append_figure(list, "Succeeded", "succeeded", count_data(totals.succeeded));
  append_figure(list, "Failed", "failed", count_data(totals.failed), totals.failed > 0);
  if (totals.retried > 0) append_figure(list, "Tried again", "retried", count_data(totals.retried));
  if (totals.stopped > 0) append_figure(list, "Stopped", "stopped", count_data(totals.stopped), true);
  if (totals.recalled > 0) append_figure(list, "From earlier runs", "recalled", count_data(totals.recalled));
  if (totals.recalled_failures > 0)
    append_figure(list, "Failed in earlier runs", "recalled-failed", count_data(totals.recalled_failures), true);
  if (history.run_end() && history.run_end()->not_run > 0)
    append_figure(list, "Not run", "not-run", count_data(history.run_end()->not_run), true);
  append_figure(list, "Attempts", "attempts", count_data(totals.attempts));
  if (history.run_end()) append_figure(list, "Busy", "busy", percent(load.busy));
  append_figure(list, "Time in tasks", "total", duration_data(totals.busy));
  append_figure(list, "CPU time of tasks", "cpu", duration_data(totals.cpu_us * 1000));
  append_figure(list, "Longest task", "longest", duration_data(totals.longest));
  if (totals.max_rss > 0) append_figure(list, "Peak memory", "memory", bytes_data(totals.max_rss));
  return list;
}

std::string notes(const history::History& history) {
  std::string html;
  const auto note = [&html](const std::string& text) { html += "<p class=\"warning\">" + escaped(text) + "</p>"; };
  if (history.incomplete())
    note(fmt::format("This report has only the first {} attempts: {}", count_text(history.totals().attempts),
                     *history.incomplete()));
  if (!history.run_end()) {
    note(history.killed() ? "The run was killed. What it had not recorded by then is missing here."
                          : "The run had not ended when this report was made.");
  } else if (history.run_end()->how != RunEnded::How::done) {
    note(fmt::format("The run ended early: {}.", history.ending()));
  }
  return html;
}

std::string recalled_failures_note(const history::History& history) {
  const std::uint64_t tasks = history.totals().recalled_failures;
  if (tasks == 0) return "";
  return fmt::format(
      "<p class=\"note\">{} {} failed in earlier runs and {} not run again. --resume-failed runs {}.</p>",
      count_text(tasks), tasks == 1 ? "task" : "tasks", tasks == 1 ? "was" : "were", tasks == 1 ? "it" : "them");
}

/// A journal does not record chunks or the reasons why no task started.
std::string legend(const Load& load, const Timeline& timeline, bool of_journal, bool any_stopped) {
  std::string list;
  const auto add = [&list](std::string_view kind, std::string_view text) {
    fmt::format_to(std::back_inserter(list), "<li><canvas data-kind=\"{}\" aria-hidden=\"true\"></canvas>{}</li>", kind,
                   text);
  };
  const auto wait = [&load](Wait kind) { return percent(load.waiting[static_cast<std::size_t>(kind)]); };
  add("run", "running " + percent(load.busy));
  const std::string_view stopped = any_stopped ? ", or stopped" : "";
  add("retried", fmt::format("failed and tried again{}", stopped));
  add("failed", "failed");
  if (of_journal) {
    add("idle", "idle " + percent(1 - load.busy));
    return list;
  }
  if (timeline.exact) add("chunk", "chunk (outlined)");
  add("wait0", "waiting for input " + wait(Wait::input));
  add("wait1", "waiting for order or space " + wait(Wait::order));
  add("wait2", "held back " + wait(Wait::held));
  add("idle", "nothing to do " + wait(Wait::nothing));
  return list;
}

std::string timeline_note(const history::History& history, const Timeline& timeline) {
  std::string note = "One row for each worker, with the part of the time for which it was busy.";
  if (!timeline.exact) {
    note += fmt::format(" The {} attempts are drawn in steps of {}.", count_text(history.totals().attempts),
                        duration_text(timeline.step));
  }
  if (!history.has_chunks()) note += " A journal records neither chunks nor what workers waited for.";
  return note;
}

}  // namespace

std::string make_page(const history::History& history) {
  // For a million tasks, the replay takes about as long as everything else. If no other thread is available, it runs when it is needed.
  auto replayed =
      std::async(std::launch::async | std::launch::deferred, [&history] { return replay::what_if(history); });
  const Load load = load_of(history, load_steps);
  const Timeline timeline = timeline_of(history, most_timeline_bytes);
  const Histogram histogram = histogram_of(history, most_functions);
  std::string data = page_data(history, timeline);
  const replay::WhatIf what_if = replayed.get();
  const std::string command = command::join_words(history.facts().command);
  const std::string sentence = verdict(history, load, what_if);
  return fill(page_html(), {{"script_hash", sha256(page_js())},
                            {"style_hash", sha256(page_css())},
                            {"script", std::string(page_js())},
                            {"style", std::string(page_css())},
                            {"title", "prun report: " + escaped(command)},
                            {"command", escaped(command)},
                            {"verdict", escaped(sentence)},
                            {"figures", figures(history, load)},
                            {"notes", notes(history)},
                            {"load", load_chart(load, history.wall())},
                            {"timeline_note", timeline_note(history, timeline)},
                            {"legend", legend(load, timeline, !history.has_chunks(), history.totals().stopped > 0)},
                            {"durations", duration_charts(histogram)},
                            {"what_if", what_if_table(what_if, history.facts())},
                            {"failures", failures_table(history.failures()) + recalled_failures_note(history)},
                            {"slowest", tasks_table(history.slowest().sorted(), "slowest")},
                            {"largest", tasks_table(history.largest().sorted(), "largest")},
                            {"facts", facts_list(history)},
                            {"data", std::move(data)}});
}

}  // namespace prun::report
