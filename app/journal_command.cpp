// `prun journal FILE`; see journal_command.hpp.
#include "journal_command.hpp"

#include "command_texts.hpp"
#include "exit_status.hpp"

#include "command/command_words.hpp"
#include "event/printable.hpp"
#include "journal/summary.hpp"
#include "output/output_buffer.hpp"
#include "output/time_text.hpp"
#include "wire/json.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace prun::app {
namespace {

using journal::RunRecord;
using journal::Summary;

constexpr std::size_t most_tasks = 10;

std::chrono::system_clock::time_point time_of(std::int64_t nanoseconds) {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(std::chrono::nanoseconds(nanoseconds)));
}

std::string iso_time(std::int64_t nanoseconds) {
  std::string text;
  UtcTime().append(text, time_of(nanoseconds));
  return text;
}

std::string command_line(const RunRecord& run) { return printable(command::join_words(run.command)); }

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{:.1f} MiB", static_cast<double>(bytes) / (1 << 20)); }

void append_run(std::string& out, const RunRecord& run, bool running) {
  out += fmt::format("run {}  {}  {}\n", run.run, iso_time(run.started), command_line(run));
  if (!run.goes_on.empty() && run.goes_on != "no")
    out += fmt::format("       goes on (--{})\n", printable(run.goes_on));
  if (run.ended) {
    const double seconds = static_cast<double>(*run.ended - run.started) / 1e9;
    out += fmt::format("       {} after {:.3f} s\n", printable(run.ending.value_or("")), seconds);
  } else {
    out += running ? "       is running\n" : "       was killed before it ended\n";
  }
}

bool runs_now(const Summary& summary, const RunRecord& run) { return summary.running && &run == &summary.runs.back(); }

void append_tasks(std::string& out, std::string_view title, const std::vector<Summary::Task>& tasks) {
  if (tasks.empty()) return;
  out += fmt::format("{}:\n", title);
  for (const Summary::Task& task : tasks) {
    out += fmt::format("  {:>10.6f} s  task {}  {}", task.seconds, task.task, task.call);
    if (!task.what.empty()) out += fmt::format(": {}", task.what);
    if (task.attempts > 1) out += fmt::format(" ({} attempts)", task.attempts);
    out += '\n';
  }
}

/// What is known of the tasks that are not in the journal.
std::string_view of_the_input(const Summary& summary) {
  if (summary.whole) return "";
  return summary.running ? " read so far" : " read (the input was not read to its end)";
}

std::string summary_text(const Summary& summary) {
  std::string out;
  for (const RunRecord& run : summary.runs) append_run(out, run, runs_now(summary, run));
  out += fmt::format("tasks: {}{}: {} succeeded, {} failed, {} missing\n", summary.tasks, of_the_input(summary),
                     summary.succeeded, summary.failed, summary.missing());
  if (summary.gone > 0) out += fmt::format("recorded, and no longer in the input: {}\n", summary.gone);
  for (const Summary::Ending& kind : summary.failures) out += fmt::format("  {}: {}\n", kind.ending, kind.count);
  out += fmt::format("attempts: {}; {:.3f} s in all, the longest {:.3f} s; {:.3f} s of CPU time; peak memory {}\n",
                     summary.attempts, summary.times.total, summary.times.longest, summary.times.cpu,
                     mebibytes(summary.times.max_rss));
  append_tasks(out, summary.failed > most_tasks ? "the first that failed" : "failed", summary.failed_tasks);
  append_tasks(out, "slowest", summary.slowest);
  return out;
}

/// Members of a JSON object, one after another.
class Object {
 public:
  explicit Object(std::string& out) : out_(&out) { out += '{'; }
  Object(const Object&) = delete;
  Object& operator=(const Object&) = delete;
  ~Object() { *out_ += '}'; }

  std::string& member(std::string_view name) {
    if (!first_) *out_ += ", ";
    first_ = false;
    wire::append_json_string(*out_, name);
    return *out_ += ": ";
  }
  void text(std::string_view name, std::string_view value) { wire::append_json_string(member(name), value); }
  template <class Number>
  void number(std::string_view name, Number value) {
    member(name) += fmt::format("{}", value);
  }

 private:
  std::string* out_;
  bool first_ = true;
};

template <class Items, class Append>
void append_array(std::string& out, const Items& items, Append append) {
  out += '[';
  for (const auto& item : items) {
    if (&item != &items.front()) out += ",\n  ";
    append(out, item);
  }
  out += ']';
}

void append_run_json(std::string& out, const RunRecord& run, bool running) {
  Object object(out);
  object.number("run", run.run);
  append_array(object.member("command"), run.command,
               [](std::string& text, const std::string& word) { wire::append_json_string(text, word); });
  object.text("directory", run.directory);
  object.text("mode", run.mode);
  object.text("goes_on", run.goes_on);
  object.text("started", iso_time(run.started));
  if (run.ended) {
    object.text("ended", iso_time(*run.ended));
    object.text("ending", run.ending.value_or(""));
  } else {
    object.member("ended") += "null";
    if (running) {
      object.member("ending") += "null";
    } else {
      object.text("ending", "killed");
    }
  }
}

void append_task_json(std::string& out, const Summary::Task& task) {
  Object object(out);
  object.number("task", task.task);
  object.text("call", task.call);
  object.text("ending", task.ending);
  if (!task.what.empty()) object.text("message", task.what);
  object.number("seconds", task.seconds);
  object.number("attempts", task.attempts);
}

std::string summary_json(const Summary& summary) {
  std::string out;
  {
    Object object(out);
    object.number("v", 1);
    append_array(object.member("runs"), summary.runs, [&summary](std::string& text, const RunRecord& run) {
      append_run_json(text, run, runs_now(summary, run));
    });
    object.number("tasks", summary.tasks);
    object.member("input_read_to_its_end") += summary.whole ? "true" : "false";
    object.number("succeeded", summary.succeeded);
    object.number("failed", summary.failed);
    object.number("missing", summary.missing());
    object.number("gone", summary.gone);
    {
      Object failures(object.member("failures"));
      for (const Summary::Ending& kind : summary.failures) failures.number(kind.ending, kind.count);
    }
    object.number("attempts", summary.attempts);
    object.number("seconds", summary.times.total);
    object.number("longest_seconds", summary.times.longest);
    object.number("cpu_seconds", summary.times.cpu);
    object.number("max_rss", summary.times.max_rss);
    append_array(object.member("failed_tasks"), summary.failed_tasks, append_task_json);
    append_array(object.member("slowest"), summary.slowest, append_task_json);
  }
  return out += '\n';
}

}  // namespace

int show_journal(const ShowJournal& command) {
  journal::JournalFile file(command.path, journal::JournalFile::Use::look_at);
  const CommandTexts texts(journal::read_runs(file));
  const Summary summary = journal::summarize(file, most_tasks, texts.as_call_text());
  OutputBuffer out(STDOUT_FILENO, "standard output");
  out.write(command.json ? summary_json(summary) : summary_text(summary));
  out.flush();
  return all_succeeded;
}

}  // namespace prun::app
