// The functions of a run by number, and the texts of tasks: of all tasks in integer ranges, and of the first few other tasks.
#pragma once

#include "task/range.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::history {

class TaskCalls {
 public:
  /// Consecutive tasks of a range.
  struct Range {
    std::uint64_t first_index = 0;
    std::uint32_t function = 0;
    IntRange range;
  };

  /// The number of a function, from 0. If there are too many functions, the later ones share the last number.
  std::uint32_t function_number(std::string_view name);
  [[nodiscard]] const std::vector<std::string>& functions() const noexcept { return functions_; }

  void add_range(std::uint64_t first_index, std::string_view function, const IntRange& range);
  [[nodiscard]] const std::vector<Range>& ranges() const noexcept { return ranges_; }

  /// Returns true if there is room for the call of one more task outside of a range.
  [[nodiscard]] bool wants_call_of(std::uint64_t index) const noexcept {
    const bool of_last_range = !ranges_.empty() && index - ranges_.back().first_index < ranges_.back().range.count;
    return !of_last_range && has_room_for_call_of(index);
  }
  void add_call(std::uint64_t index, std::string call);

  /// Calls `visit(index, call)` for each stored call, in no particular order.
  template <class Visit>
  void for_each_call(Visit visit) const {
    for (const auto& [index, call] : calls_) visit(index, call);
  }

  /// Appends `fib(40)`. Returns false, and appends nothing, if the call is not known.
  [[nodiscard]] bool append_call_of(std::uint64_t index, std::string& out) const;

 private:
  [[nodiscard]] bool has_room_for_call_of(std::uint64_t index) const noexcept;
  [[nodiscard]] const Range* range_of(std::uint64_t index) const noexcept;

  std::vector<std::string> functions_;
  std::unordered_map<std::string, std::uint32_t> numbers_;
  std::vector<Range> ranges_;  ///< by index
  std::unordered_map<std::uint64_t, std::string> calls_;
  std::size_t call_bytes_ = 0;
};

}  // namespace prun::history
