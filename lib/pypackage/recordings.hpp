// The outcomes of a journal's calls, on their way from the pools that told them to the thread of Python's that writes them down.
// It knows no database, and nothing of Python's.
#pragma once

#include <prun/detail/job.hpp>
#include <prun/outcome.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace prun::pypackage {

class Recordings {
 public:
  struct Record {
    std::uint64_t place = 0;  ///< of the call in the journal
    bool final = true;        ///< it is not tried again
    detail::AttemptInfo info;
    std::string value;
    std::unique_ptr<Failure> failure{};
  };

  /// @param wake a descriptor that outlives this: a byte is written to it when there is something to take again
  explicit Recordings(int wake) noexcept : wake_(wake) {}

  void add_value(std::uint64_t place, std::string_view value, const detail::AttemptInfo& info);
  /// A call that was cancelled is not recorded: it is missing, as if the program had ended before.
  void add_failure(std::uint64_t place, bool final, const Failure& failure, const detail::AttemptInfo& info);
  [[nodiscard]] std::vector<Record> take();
  /// Nobody takes records any more, and the descriptor may be closed.
  void close();

 private:
  void add(Record&& record);

  std::mutex mutex_;
  int wake_;  ///< -1: closed
  std::vector<Record> records_;
};

/// Where a job's outcomes are recorded. Empty: nowhere.
struct Recorded {
  std::shared_ptr<Recordings> recordings{};
  std::uint64_t first_place = 0;  ///< of the job's call 0

  explicit operator bool() const noexcept { return recordings != nullptr; }
  void value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) const {
    if (recordings) recordings->add_value(first_place + index, value, info);
  }
  void failure(std::uint64_t index, bool final, const Failure& failure, const detail::AttemptInfo& info) const {
    if (recordings) recordings->add_failure(first_place + index, final, failure, info);
  }
};

}  // namespace prun::pypackage
