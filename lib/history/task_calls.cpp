// See task_calls.hpp.
#include "history/task_calls.hpp"

#include "history/attempt.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace prun::history {
namespace {

constexpr std::size_t most_functions = 0x3FFF;
constexpr std::size_t most_ranges = 10'000;
constexpr std::size_t most_calls = 20'000;
constexpr std::size_t most_call_bytes = std::size_t{2} << 20;
constexpr std::string_view other_functions = "(other functions)";

}  // namespace

std::uint32_t TaskCalls::function_number(std::string_view name) {
  const bool full = functions_.size() >= most_functions;
  const auto [place, added] = numbers_.try_emplace(std::string(name), static_cast<std::uint32_t>(functions_.size()));
  if (!added) return place->second;
  if (!full) {
    functions_.emplace_back(name);
    return place->second;
  }
  numbers_.erase(place);
  if (functions_.size() == most_functions) functions_.emplace_back(other_functions);
  return static_cast<std::uint32_t>(most_functions);
}

void TaskCalls::add_range(std::uint64_t first_index, std::string_view function, const IntRange& range) {
  if (ranges_.size() < most_ranges) ranges_.push_back({first_index, function_number(function), range});
}

bool TaskCalls::has_room_for_call_of(std::uint64_t index) const noexcept {
  return calls_.size() < most_calls && call_bytes_ < most_call_bytes && range_of(index) == nullptr;
}

void TaskCalls::add_call(std::uint64_t index, std::string call) {
  call_bytes_ += call.size();
  calls_.insert_or_assign(index, std::move(call));
}

const TaskCalls::Range* TaskCalls::range_of(std::uint64_t index) const noexcept {
  if (ranges_.empty()) return nullptr;
  auto next = std::upper_bound(ranges_.begin(), ranges_.end(), index,
                               [](std::uint64_t at, const Range& range) { return at < range.first_index; });
  if (next == ranges_.begin()) return nullptr;
  --next;
  return index - next->first_index < next->range.count ? &*next : nullptr;
}

bool TaskCalls::append_call_of(std::uint64_t index, std::string& out) const {
  if (const Range* range = range_of(index)) {
    std::array<char, 24> arguments{'('};
    const auto number = range->range[index - range->first_index];
    char* end = std::to_chars(arguments.data() + 1, arguments.data() + arguments.size(), number).ptr;
    *end++ = ')';
    out.append(functions_[range->function]).append(arguments.data(), static_cast<std::size_t>(end - arguments.data()));
    return true;
  }
  const auto found = calls_.find(index);
  if (found == calls_.end()) return false;
  out += found->second;
  return true;
}

}  // namespace prun::history
