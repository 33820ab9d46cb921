// See run_record.hpp.
#include "journal/run_record.hpp"

#include "journal/stored_value.hpp"
#include "wire/value.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>

namespace prun::journal {
namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

std::string encode(const std::vector<std::string>& words) {
  std::string value;
  wire::ValueWriter writer(value);
  writer.array(static_cast<std::uint32_t>(words.size()));
  for (const std::string& word : words) writer.string(word);
  return value;
}

std::string encode(const Pairs& pairs) {
  std::string value;
  wire::ValueWriter writer(value);
  writer.map(static_cast<std::uint32_t>(pairs.size()));
  for (const auto& [name, text] : pairs) {
    writer.string(name);
    writer.string(text);
  }
  return value;
}

std::string value_of(const Statement& row, int column) {
  std::string value;
  append_value(row, column, value);
  return value;
}

std::vector<std::string> words_of(const Statement& row, int column) {
  const std::string value = value_of(row, column);
  wire::ValueReader reader(value);
  std::vector<std::string> words(reader.array());
  for (std::string& word : words) word = reader.string();
  return words;
}

Pairs pairs_of(const Statement& row, int column) {
  const std::string value = value_of(row, column);
  wire::ValueReader reader(value);
  Pairs pairs(reader.map());
  for (auto& [name, text] : pairs) {
    name = reader.string();
    text = reader.string();
  }
  return pairs;
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// Setting the time of day does not change it. Like the time of day, it counts while the machine sleeps.
std::chrono::nanoseconds steady_now() {
  timespec now{};
  ::clock_gettime(CLOCK_BOOTTIME, &now);
  return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

std::int64_t now_ns() { return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count(); }

std::string_view setting_of(const Pairs& settings, std::string_view name) {
  const auto found = std::find_if(settings.begin(), settings.end(), [&](const auto& s) { return s.first == name; });
  return found == settings.end() ? std::string_view() : std::string_view(found->second);
}

/// Commands with different texts are different tasks, which the journal distinguishes. But a function can have the name of a command
/// of one word. Earlier versions recorded only those.
bool only_tasks_differ(std::string_view name, std::string_view before, std::string_view given) {
  if (name != "--cmd" && name != "--sh") return false;
  if (!before.empty() && !given.empty()) return true;
  return name == "--cmd" && (before.empty() ? given : before).find(' ') != std::string_view::npos;
}

std::string described(std::string_view name, std::string_view value) {
  if (name == "--cmd") return value.empty() ? "no command" : "the command " + std::string(value);
  return value.empty() ? "no " + std::string(name) : std::string(name) + ' ' + std::string(value);
}

void refuse_other_settings(const JournalFile& file, const Pairs& recorded, const Pairs& now) {
  Pairs all = recorded;
  all.insert(all.end(), now.begin(), now.end());
  for (const auto& [name, text] : all) {
    const std::string_view before = setting_of(recorded, name);
    const std::string_view given = setting_of(now, name);
    if (before == given || only_tasks_differ(name, before, given)) continue;
    throw JournalError("the journal " + file.path() + " is of runs with " + described(name, before) +
                       ", this one has " + described(name, given) +
                       ": the results would differ. Use the same options, or another journal");
  }
}

/// With --once, the outcomes of a journal are of several runs.
void refuse_results_of_other_settings(JournalFile& file, const Pairs& settings, const std::string& encoded) {
  Statement other = file.reader().prepare(
      "SELECT settings FROM runs WHERE settings <> ?1 AND EXISTS (SELECT 1 FROM outcomes AS o WHERE o.run = runs.run) "
      "ORDER BY run DESC");
  std::string text;
  bind_value(other, 1, encoded, text);
  while (other.step()) refuse_other_settings(file, pairs_of(other, 0), settings);
}

/// The calls of a Python program have places of their own, which tasks of prun's command would take.
void refuse_recordings_of_python(JournalFile& file, const RunRecord& run) {
  Statement row = file.reader().prepare("SELECT count(*) FROM runs WHERE mode = ?1");
  row.bind_text(1, python_mode);
  row.step();
  if (row.integer(0) == 0 || run.mode == python_mode) return;
  throw JournalError("the journal " + file.path() + " was recorded by a Python program; use another file name");
}

}  // namespace

void begin_run(JournalFile& file, RunRecord& run) {
  file.reading([&] {
    const std::string values[] = {encode(run.command), encode(run.environment), encode(run.settings)};
    if (run.goes_on != "once") refuse_results_of_other_settings(file, run.settings, values[2]);
    refuse_recordings_of_python(file, run);
    const std::string host = host_name();
    std::string texts[3];
    Transaction transaction(file.writer());
    run.run = file.writer().integer("SELECT coalesce(max(run), 0) + 1 FROM runs");
    Statement add = file.writer().prepare(
        "INSERT INTO runs (run, started, goes_on, mode, workers, command, directory, environment, settings, input, "
        "version, host, pid, tasks) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
    run.begun = steady_now();
    add.bind(1, run.run).bind(2, now_ns()).bind_text(3, run.goes_on).bind_text(4, run.mode);
    add.bind(5, std::int64_t{run.workers});
    bind_value(add, 6, values[0], texts[0]);
    add.bind_text(7, run.directory);
    bind_value(add, 8, values[1], texts[1]);
    bind_value(add, 9, values[2], texts[2]);
    add.bind_text(10, run.read_once ? "standard input" : "command line").bind_text(11, run.version);
    add.bind_text(12, host).bind(13, std::int64_t{::getpid()});
    if (run.tasks) add.bind(14, static_cast<std::int64_t>(*run.tasks));
    add.run();
    transaction.commit();
  });
}

void end_run(JournalFile& file, const RunRecord& run, std::string_view ending) {
  const std::chrono::nanoseconds duration = steady_now() - run.begun;
  file.reading([&] {
    Statement end = file.writer().prepare("UPDATE runs SET ended = started + ?1, ending = ?2 WHERE run = ?3");
    end.bind(1, std::int64_t{duration.count()}).bind_text(2, ending).bind(3, run.run).run();
  });
}

std::vector<RunRecord> read_runs(JournalFile& file) {
  return file.reading([&] {
    std::vector<RunRecord> runs;
    Statement row = file.reader().prepare(
        "SELECT run, started, goes_on, mode, workers, command, directory, environment, settings, input, version, "
        "ended, "
        "ending, tasks, host FROM runs ORDER BY run");
    while (row.step()) {
      RunRecord run;
      run.run = row.integer(0);
      run.started = row.integer(1);
      run.goes_on = row.bytes(2);
      run.mode = row.bytes(3);
      run.workers = static_cast<std::uint32_t>(row.integer(4));
      run.command = words_of(row, 5);
      run.directory = row.bytes(6);
      run.environment = pairs_of(row, 7);
      run.settings = pairs_of(row, 8);
      run.read_once = row.bytes(9) == "standard input";
      run.version = row.bytes(10);
      if (!row.is_null(11)) run.ended = row.integer(11);
      if (!row.is_null(12)) run.ending = row.bytes(12);
      if (!row.is_null(13)) run.tasks = static_cast<std::uint64_t>(row.integer(13));
      run.host = row.bytes(14);
      runs.push_back(std::move(run));
    }
    return runs;
  });
}

std::int64_t last_active_run(JournalFile& file) {
  return file.reading([&] { return file.reader().integer("SELECT coalesce(max(run), 0) FROM attempts"); });
}

const RunRecord* last_begun(const std::vector<RunRecord>& runs) {
  const auto found =
      std::find_if(runs.rbegin(), runs.rend(), [](const RunRecord& run) { return run.ending != refused_ending; });
  return found == runs.rend() ? nullptr : &*found;
}

bool input_is_whole(const std::vector<RunRecord>& runs, const InputSize& input) {
  return std::ranges::any_of(runs,
                             [&](const RunRecord& run) { return run.run >= input.since && run.tasks == input.tasks; });
}

}  // namespace prun::journal
