// Failures with the same message are counted together, whatever numbers, paths and addresses the message has. It keeps one example
// of each group.
#pragma once

#include <prun/outcome.hpp>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::history {

/// The message with `N` for each number, `PATH` for each path and `HEX` for each hexadecimal number, cut where it is long:
/// "cannot open /tmp/a17: error 2" becomes "cannot open PATH: error N".
[[nodiscard]] std::string message_pattern(std::string_view message);

struct FailureGroup {
  FailureKind kind = FailureKind::exception;
  std::string pattern;         ///< as message_pattern makes it
  std::uint64_t tasks = 0;     ///< so many failed for good
  std::uint64_t attempts = 0;  ///< so many attempts failed so, those that were tried again too
  // the example: the first attempt
  std::uint64_t index = 0;
  std::string call;
  std::string message;  ///< whole, cut where it is very long
};

class FailureGroups {
 public:
  /// @param call gives the call as people write it, where it is needed
  void add(FailureKind kind, std::string_view message, std::uint64_t index, bool final,
           const std::function<std::string()>& call);

  /// The most frequent first.
  [[nodiscard]] std::vector<FailureGroup> sorted() const;
  /// Attempts that are in no group, as there are too many groups.
  [[nodiscard]] std::uint64_t ungrouped() const noexcept { return ungrouped_; }

 private:
  std::vector<FailureGroup> groups_;
  std::unordered_map<std::string, std::size_t> places_;  ///< of kind and pattern
  std::uint64_t ungrouped_ = 0;
};

}  // namespace prun::history
