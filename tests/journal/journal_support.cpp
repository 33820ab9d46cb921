// See journal_support.hpp.
#include "journal/journal_support.hpp"

#include "wire/json.hpp"

#include <stdlib.h>

#include <stdexcept>

namespace prun::test {

TemporaryFolder::TemporaryFolder(const std::string& parent) {
  std::string path = ((parent.empty() ? std::filesystem::temp_directory_path() : std::filesystem::path(parent)) /
                      "prun-journal-XXXXXX")
                         .string();
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = path;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Registry& builtins() {
  static const auto registry = [] {
    auto made = std::make_unique<Registry>();
    add_builtin_functions(*made);
    return made;
  }();
  return *registry;
}

const Function& builtin(std::string_view name) { return *builtins().find(name); }

std::string value(std::int64_t number) {
  std::string bytes;
  wire::ValueWriter(bytes).integer(number);
  return bytes;
}

std::string value(std::string_view text) {
  std::string bytes;
  wire::ValueWriter(bytes).string(text);
  return bytes;
}

std::string json_value(std::string_view json) {
  std::string bytes;
  if (!wire::parse_json(json, bytes)) throw std::runtime_error("no JSON: " + std::string(json));
  return bytes;
}

Task task(std::int64_t number) { return task_of("[" + std::to_string(number) + "]"); }

Task task_of(std::string_view args_json) { return Task{&builtin("identity"), json_value(args_json), {}, {}, {}}; }

journal::RunRecord a_run() {
  journal::RunRecord run;
  run.mode = "imap";
  run.command = {"prun", "imap", "identity", "1..3"};
  run.directory = "/";
  run.version = "test";
  return run;
}

Recording::Recording(const std::string& path, bool resume, bool failed_too)
    : journal({path, resume, failed_too}, a_run(), spilled) {
  journal.start();
}

RecordedRun::Difference Recording::read(std::uint64_t index, const Task& task) {
  auto difference = journal.compare(index, task);
  if (!difference) journal.on_event(TaskRead{index, task});
  return difference;
}

RecordedRun::Difference Recording::read(std::uint64_t first_index, const Function& function, const IntRange& range) {
  auto difference = journal.compare(first_index, function, range);
  if (!difference) journal.on_event(RangeRead{first_index, function, range});
  return difference;
}

RecordedRun::Difference Recording::end_input(std::uint64_t count) {
  auto difference = journal.compare_end(count);
  if (!difference) journal.on_event(InputEnded{count, true});
  return difference;
}

void Recording::tell(std::uint64_t index, std::string_view value, const Failure* failure,
                     const detail::AttemptInfo& info, bool final) {
  class NoTexts final : public TaskTexts {
    std::string call_of(std::uint64_t) override { return {}; }
  } texts;
  journal.on_event(AttemptEnded{index, builtin("identity"), value, failure, info, final, texts});
}

}  // namespace prun::test
