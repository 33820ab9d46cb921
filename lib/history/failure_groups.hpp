// Groups failures by message. Messages that differ only in numbers, paths and addresses are in the same group. Each group keeps one
// example.
#pragma once

#include <prun/outcome.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::history {

/// The message with `N` for each number, `PATH` for each path and `HEX` for each hexadecimal number, shortened if it is long:
/// "cannot open /tmp/a17: error 2" becomes "cannot open PATH: error N".
[[nodiscard]] std::string message_pattern(std::string_view message);

struct FailureGroup {
  FailureKind kind = FailureKind::exception;
  std::string pattern;         ///< as message_pattern makes it
  std::uint64_t tasks = 0;     ///< number of tasks that finally failed
  std::uint64_t attempts = 0;  ///< number of failed attempts, including those that were retried
  // the example: the first attempt
  std::uint64_t index = 0;
  std::string call;
  std::string message;  ///< the full message, shortened if it is very long
};

class FailureGroups {
 public:
  /// @param call returns the text of the call; it is called only if needed
  void add(FailureKind kind, std::string_view message, std::uint64_t index, bool final,
           const std::function<std::string()>& call);

  /// The groups, the most frequent first.
  [[nodiscard]] std::vector<FailureGroup> sorted() const;
  /// The number of attempts that are in no group because there are too many groups.
  [[nodiscard]] std::uint64_t ungrouped() const noexcept { return ungrouped_; }

 private:
  std::vector<FailureGroup> groups_;
  std::unordered_map<std::string, std::size_t> places_;  ///< of kind and pattern
  std::uint64_t ungrouped_ = 0;
};

}  // namespace prun::history
