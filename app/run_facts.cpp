// See run_facts.hpp.
#include "run_facts.hpp"

#include "command_words.hpp"
#include "usage_error.hpp"

#include "journal/recorded_history.hpp"
#include "sys/cpu_budget.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <utility>
#include <variant>

namespace prun::app {
namespace {

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

/// How tasks are cut into chunks, which no event and no journal tells.
void add_chunk_rules(history::RunFacts& facts, const RunTasks& command) {
  facts.threads = command.run.threads;
  facts.commands = command.command.has_value();
  facts.chunksize = command.run.chunksize;
  facts.auto_chunks = command.run.guided_chunks;
}

}  // namespace

std::string name_of(Mode mode) {
  for (const CommandWord& word : command_words()) {
    if (word.mode == mode) return std::string(word.name);
  }
  return "";
}

history::RunFacts facts_of(const RunTasks& command) {
  history::RunFacts facts;
  facts.command = command.command_line;
  facts.mode = name_of(command.run.mode);
  facts.host = host_name();
  facts.version = PRUN_VERSION;
  facts.workers = command.run.workers;
  facts.cpus = sys::cpu_budget();
  facts.began_at = std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count();
  add_chunk_rules(facts, command);
  return facts;
}

history::RunFacts facts_of(const journal::RunRecord& run) {
  history::RunFacts facts = journal::facts_of(run);
  if (run.mode == journal::python_mode) return facts;
  if (const auto command = parse_recorded(run.command)) add_chunk_rules(facts, *command);
  return facts;
}

std::optional<RunTasks> parse_recorded(const std::vector<std::string>& words) {
  std::vector<const char*> argv;
  argv.reserve(words.size());
  for (const std::string& word : words) argv.push_back(word.c_str());
  try {
    Command parsed = parse_command_line(static_cast<int>(argv.size()), argv.data(), Config::ignore);
    if (auto* run = std::get_if<RunTasks>(&parsed)) return std::move(*run);
  } catch (const UsageError&) {
    // Another version of prun has made the journal.
  }
  return std::nullopt;
}

}  // namespace prun::app
