// See tables.hpp.
#include "report/tables.hpp"

#include "command/command_words.hpp"
#include "output/time_text.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <string_view>

namespace prun::report {
namespace {

using history::RunFacts;
using replay::WhatIf;
using Kind = WhatIf::Row::Kind;

constexpr std::size_t shown_at_once = 15;

bool is_as_it_was(const WhatIf::Row& row, const RunFacts& facts) {
  switch (row.kind) {
    case Kind::automatic: return facts.auto_chunks;
    case Kind::standard: return !facts.auto_chunks && !facts.chunksize;
    case Kind::fixed: return !facts.auto_chunks && facts.chunksize == row.chunksize;
    case Kind::longest_first: return false;
  }
  return false;
}

std::string label_of(const WhatIf::Row& row) {
  switch (row.kind) {
    case Kind::fixed: return fmt::format("<code>--chunksize {}</code>", row.chunksize);
    case Kind::standard: return fmt::format("default (chunk size {})", count_text(row.chunksize));
    case Kind::automatic: return "<code>--chunksize auto</code>";
    case Kind::longest_first: return "one task at a time, the longest first";
  }
  return "";
}

std::string what_if_head(const WhatIf& what_if) {
  constexpr std::string_view notes[] = {"half", "as it was", "double"};
  std::string head = "<thead><tr><th>Chunks</th>";
  for (std::size_t column = 0; column < WhatIf::columns; ++column) {
    const std::uint32_t workers = what_if.workers[column];
    fmt::format_to(std::back_inserter(head), "<th class=\"n\">{} worker{} ({})</th>", workers, workers == 1 ? "" : "s",
                   notes[column]);
  }
  return head + "</tr></thead>";
}

std::string what_if_note(const WhatIf& what_if, const RunFacts& facts) {
  std::string note = fmt::format(
      "Replayed in virtual time from the measured durations of {} tasks, with {} lost for each chunk and {} for each "
      "task. It assumes that a task takes as long wherever it runs, that all input is there, and that each worker has "
      "a "
      "CPU of its own{}. The run took {}; its replay takes {}.",
      count_text(what_if.tasks), duration_text(what_if.costs.per_chunk), duration_text(what_if.costs.per_task),
      facts.cpus != 0 ? fmt::format(" (this host has {})", facts.cpus) : std::string(), duration_text(what_if.wall),
      duration_text(what_if.replayed));
  if (what_if.bundle > 1)
    note += fmt::format(" Tasks were replayed in bundles of {}, so chunks below that size are approximate.",
                        count_text(what_if.bundle));
  return "<p class=\"note\">" + note + "</p>";
}

std::string task_row(const history::TopTask& task) {
  const std::string ending = task.failure ? name_of(*task.failure) : "";
  std::string cpu = "\u2013";
  std::string memory = "\u2013";
  if (task.usage) {
    cpu = duration_text((task.usage->user + task.usage->system).count() * 1000);
    memory = bytes_text(task.usage->max_rss);
  }
  return fmt::format(
      "<tr><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td><td "
      "class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"wide\"><code>{}</code>{}</td></tr>",
      duration_data(task.duration), bytes_data(task.result_bytes), cpu, memory, duration_text(task.started), task.index,
      escaped(task.call), ending.empty() ? "" : fmt::format("<span class=\"tag\">{}</span>", ending));
}

void append_fact(std::string& out, std::string_view name, const std::string& html) {
  if (!html.empty()) fmt::format_to(std::back_inserter(out), "<dt>{}</dt><dd>{}</dd>", name, html);
}

std::string utc(std::int64_t nanoseconds) {
  std::string text;
  UtcTime().append(
      text, std::chrono::system_clock::time_point(std::chrono::duration_cast<std::chrono::system_clock::duration>(
                std::chrono::nanoseconds(nanoseconds))));
  return text;
}

std::string chunks_of(const RunFacts& facts) {
  if (facts.auto_chunks) return "auto";
  if (facts.chunksize) return count_text(*facts.chunksize);
  return "default";
}

}  // namespace

std::string what_if_table(const WhatIf& what_if, const RunFacts& facts) {
  if (what_if.rows.empty()) return "<p class=\"note\">No task was measured, so there is nothing to replay.</p>";
  std::string table =
      what_if_note(what_if, facts) + "<div class=\"scroll\"><table id=\"what-if\">" + what_if_head(what_if) + "<tbody>";
  std::array<std::int64_t, WhatIf::columns> least{};
  least.fill(INT64_MAX);
  for (const WhatIf::Row& row : what_if.rows) {
    for (std::size_t column = 0; column < WhatIf::columns; ++column)
      least[column] = std::min(least[column], row.times[column]);
  }
  for (const WhatIf::Row& row : what_if.rows) {
    const bool was = is_as_it_was(row, facts);
    fmt::format_to(std::back_inserter(table), "<tr{}><th scope=\"row\">{}{}</th>", was ? " class=\"was\"" : "",
                   label_of(row), was ? "<span class=\"tag\">this run</span>" : "");
    for (std::size_t column = 0; column < WhatIf::columns; ++column) {
      fmt::format_to(std::back_inserter(table), "<td class=\"n{}\">{}</td>",
                     row.times[column] == least[column] ? " best" : "", duration_data(row.times[column]));
    }
    table += "</tr>";
  }
  table += "</tbody><tfoot><tr><th scope=\"row\">no order takes less</th>";
  for (const std::int64_t bound : what_if.lower_bounds)
    fmt::format_to(std::back_inserter(table), "<td class=\"n\">{}</td>", duration_data(bound));
  return table + "</tr></tfoot></table></div>";
}

std::string failures_table(const history::FailureGroups& failures) {
  const auto groups = failures.sorted();
  if (groups.empty()) return "<p class=\"note\">No attempt failed.</p>";
  std::string table =
      "<p class=\"note\">Grouped by message; numbers, paths and addresses do not count.</p><div "
      "class=\"scroll\"><table "
      "id=\"failures\"><thead><tr><th class=\"n\">Tasks</th><th class=\"n\">Attempts</th><th>Kind</th><th>Message</th>"
      "<th>Example</th></tr></thead><tbody>";
  for (const history::FailureGroup& group : groups) {
    fmt::format_to(std::back_inserter(table),
                   "<tr><td class=\"n\">{}</td><td class=\"n\">{}</td><td>{}</td><td class=\"wide\">{}</td><td "
                   "class=\"wide\"><code>{}</code><br>{}</td></tr>",
                   count_data(group.tasks), count_data(group.attempts), name_of(group.kind), escaped(group.pattern),
                   escaped(group.call), escaped(group.message));
  }
  table += "</tbody></table></div>";
  if (failures.ungrouped() > 0)
    table += fmt::format("<p class=\"note\">{} more failures have still other messages.</p>",
                         count_text(failures.ungrouped()));
  return table;
}

std::string tasks_table(const std::vector<history::TopTask>& tasks, std::string_view id) {
  if (tasks.empty()) return "<p class=\"note\">There is none.</p>";
  constexpr std::string_view head =
      "<thead><tr><th class=\"n\">Duration</th><th class=\"n\">Result</th><th class=\"n\">CPU time</th><th "
      "class=\"n\">Peak memory</th><th class=\"n\">Began at</th><th class=\"n\">Task</th><th>Call</th></tr></thead>";
  std::string html = fmt::format("<div class=\"scroll\"><table id=\"{}\">{}<tbody>", id, head);
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    if (i == shown_at_once) {
      html += fmt::format(
          "</tbody></table></div><details><summary>{} more</summary><div class=\"scroll\"><table "
          "id=\"{}-more\">{}<tbody>",
          tasks.size() - shown_at_once, id, head);
    }
    html += task_row(tasks[i]);
  }
  html += "</tbody></table></div>";
  return tasks.size() > shown_at_once ? html + "</details>" : html;
}

std::string facts_list(const history::History& history) {
  const RunFacts& facts = history.facts();
  std::string list;
  append_fact(list, "Command", "<code>" + escaped(command::join_words(facts.command)) + "</code>");
  append_fact(list, "Started", utc(facts.began_at));
  append_fact(list, "Took", duration_data(history.wall()));
  append_fact(list, "Ended", escaped(history.ending()));
  append_fact(list, "Mode", escaped(facts.mode));
  append_fact(list, facts.threads ? "Threads" : "Workers", count_text(facts.workers));
  append_fact(list, "Chunk size", chunks_of(facts));
  append_fact(list, "Host", escaped(facts.host) + (facts.cpus != 0 ? fmt::format(", {} CPUs", facts.cpus) : ""));
  append_fact(list, "prun", escaped(facts.version));
  return list;
}

}  // namespace prun::report
