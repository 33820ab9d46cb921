// Passes the outcomes of recorded calls from the pools to the Python thread that writes the journal. It does not know databases or
// Python objects.
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
    std::uint64_t place = 0;  ///< place of the call in the journal
    bool final = true;        ///< the call is not retried
    detail::AttemptInfo info;
    std::string value;
    std::unique_ptr<Failure> failure{};
  };

  /// @param wake must outlive this object: a byte is written to this descriptor when records are available again
  explicit Recordings(int wake) noexcept : wake_(wake) {}

  void add_value(std::uint64_t place, std::string_view value, const detail::AttemptInfo& info);
  /// A cancelled call is not recorded. It is missing, as if the program had ended before it.
  void add_failure(std::uint64_t place, bool final, const Failure& failure, const detail::AttemptInfo& info);
  [[nodiscard]] std::vector<Record> take();
  /// No more records are taken, and the descriptor may be closed.
  void close();

 private:
  void add(Record&& record);

  std::mutex mutex_;
  int wake_;  ///< -1: closed
  std::vector<Record> records_;
};

/// The place in a journal for the outcomes of a job. Empty: they are not recorded.
struct Recorded {
  std::shared_ptr<Recordings> recordings{};
  std::uint64_t first_place = 0;  ///< place of call 0 of the job

  explicit operator bool() const noexcept { return recordings != nullptr; }
  void value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) const {
    if (recordings) recordings->add_value(first_place + index, value, info);
  }
  void failure(std::uint64_t index, bool final, const Failure& failure, const detail::AttemptInfo& info) const {
    if (recordings) recordings->add_failure(first_place + index, final, failure, info);
  }
};

}  // namespace prun::pypackage
