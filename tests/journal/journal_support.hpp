// What the tests of the journal share: tasks and outcomes written down shortly.
#pragma once

#include "command/spilled_files.hpp"
#include "journal/journal.hpp"
#include "support/builtins.hpp"
#include "support/folder.hpp"
#include "support/values.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace prun::test {

/// identity(number), or identity of any value.
[[nodiscard]] Task task(std::int64_t number);
[[nodiscard]] Task task_of(std::string_view args_json);

/// A run with a journal: opened, and started.
struct Recording {
  explicit Recording(const std::string& path, bool resume = false, bool failed_too = false);
  ~Recording() { journal.finish(); }
  Recording(const Recording&) = delete;
  Recording& operator=(const Recording&) = delete;
  /// The input's next tasks, as a run takes them: found, and noted.
  void read(std::uint64_t index, const Task& task);
  void read(std::uint64_t first_index, const Function& function, const IntRange& range);
  void end_input(std::uint64_t count);
  void succeed(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info = {}) {
    tell(index, value, nullptr, info, true);
  }
  void fail(std::uint64_t index, const Failure& failure, bool final = true, std::uint32_t attempt = 1) {
    detail::AttemptInfo info;
    info.attempt = attempt;
    tell(index, {}, &failure, info, final);
  }
  RecordedOutcome take(std::uint64_t index) { return journal.take_recorded(index, builtin("identity")); }

  command::SpilledFiles spilled;
  journal::Journal journal;

 private:
  void tell(std::uint64_t index, std::string_view value, const Failure* failure, const detail::AttemptInfo& info,
            bool final);
};

[[nodiscard]] journal::RunRecord a_run();

/// The message of the JournalError that `call` throws; "" where it throws none.
template <class Call>
std::string refusal(Call call) {
  try {
    call();
  } catch (const journal::JournalError& e) {
    return e.what();
  }
  return "";
}

}  // namespace prun::test
