// Statistics of a journal. It does not know how they are printed.
#pragma once

#include "journal/journal_file.hpp"
#include "journal/run_record.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace prun::journal {

struct Summary {
  struct Times {  ///< of measured attempts, in seconds
    double total = 0;
    double longest = 0;
    double cpu = 0;
    std::uint64_t max_rss = 0;  ///< bytes
  };
  struct Ending {
    std::string ending;
    std::uint64_t count = 0;
  };
  struct Task {
    std::uint64_t task = 0;
    std::string call;  ///< `fib(35)`
    std::string ending;
    std::string what;  ///< of a failure: its description
    double seconds = 0;
    std::uint64_t attempts = 0;
  };

  std::vector<RunRecord> runs;
  bool running = false;     ///< the last run is running; any other run without an end was killed
  std::uint64_t tasks = 0;  ///< number of known tasks of the input
  std::uint64_t gone = 0;   ///< recorded tasks that the input has no more
  bool whole = false;       ///< there are no others, because the input was read to its end
  std::uint64_t succeeded = 0;
  std::uint64_t failed = 0;
  std::uint64_t attempts = 0;
  Times times;
  std::vector<Ending> failures;    ///< by kind, most frequent first
  std::vector<Task> failed_tasks;  ///< the first few
  std::vector<Task> slowest;       ///< the slowest first
  [[nodiscard]] std::uint64_t missing() const noexcept { return tasks - succeeded - failed; }
};

/// Formats a call of a function with its args and kwargs. If it returns an empty text: `function(args)`.
using CallText = std::function<std::string(std::string_view function, std::string_view args, std::string_view kwargs)>;

/// @param most maximum number of failed and of slow tasks. @throws JournalError
[[nodiscard]] Summary summarize(JournalFile& file, std::size_t most, const CallText& call_text = {});

}  // namespace prun::journal
