// Describes the plan of a run before it starts, with the reasons: how many tasks a worker takes at once, the order of results, and what
// may delay or end the run. Pure text: it starts nothing and reads nothing.
#pragma once

#include "run/run_options.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun {

/// The facts that determine the plan, besides the options of the run.
struct PlanFacts {
  std::string_view mode;               ///< its name
  std::optional<std::uint64_t> tasks;  ///< absent: not known before the input is read
  bool commands = false;               ///< the tasks are commands
  bool workers_given = false;          ///< by --jobs; otherwise from the CPUs
  /// Tasks that are not run again, because a journal has their outcomes.
  enum class Reuses : std::uint8_t { nothing, outcomes, successes, unchanged } reuses = Reuses::nothing;
  std::string_view reused_by;  ///< the option or command that asks for it: "--resume"
  std::uint64_t reusable = 0;  ///< number of such outcomes in the journal; the input may have fewer of their tasks
  enum class Jobserver : std::uint8_t { none, joined, offered } jobserver = Jobserver::none;
  std::string_view jobserver_note;  ///< why it is not used; empty: no reason
};

/// Sentences, one a line: `map: 39 tasks, 4 workers: chunk size 3 = ceil(39/16), 13 chunks`.
[[nodiscard]] std::vector<std::string> explain_plan(const RunOptions& options, const PlanFacts& facts);

}  // namespace prun
