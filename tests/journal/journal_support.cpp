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

}  // namespace prun::test
