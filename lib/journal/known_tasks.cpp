// See known_tasks.hpp.
#include "journal/known_tasks.hpp"

#include "function/function.hpp"
#include "journal/task_text.hpp"
#include "wire/value.hpp"

#include <nettle/sha2.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <limits>

namespace prun::journal {
namespace {

/// Of ranges with fewer elements, each element is looked up by its hash: there may be many of them.
constexpr std::uint64_t few_elements = 64;
constexpr std::uint32_t no_other = std::numeric_limits<std::uint32_t>::max();

/// The only argument, if it is an integer.
std::optional<std::int64_t> single_integer(std::string_view args) {
  wire::ValueReader reader(args);
  if (reader.peek() != wire::Kind::array || reader.array() != 1 || reader.peek() != wire::Kind::integer) return {};
  return reader.integer();
}

/// The offset of the number in the range.
std::optional<std::uint64_t> offset_of(const IntRange& range, std::int64_t number) {
  const bool up = range.step >= 0;
  if (up ? number < range.start : number > range.start) return std::nullopt;
  const auto unsigned_of = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const std::uint64_t distance =
      up ? unsigned_of(number) - unsigned_of(range.start) : unsigned_of(range.start) - unsigned_of(number);
  const std::uint64_t step = up ? unsigned_of(range.step) : 0 - unsigned_of(range.step);
  if (step == 0) return distance == 0 ? std::optional<std::uint64_t>(0) : std::nullopt;
  if (distance % step != 0 || distance / step >= range.count) return std::nullopt;
  return distance / step;
}

/// Returns false if it was taken before. Neighbours become one interval.
bool take_offset(std::map<std::uint64_t, std::uint64_t>& taken, std::uint64_t offset) {
  const auto after = taken.upper_bound(offset);
  const bool has_before = after != taken.begin();
  if (has_before && std::prev(after)->second > offset) return false;
  std::uint64_t end = offset + 1;
  if (after != taken.end() && after->first == end) {
    end = after->second;
    taken.erase(after);
  }
  if (has_before) {
    const auto before = std::prev(taken.upper_bound(offset));
    if (before->second == offset) {
      before->second = end;
      return true;
    }
  }
  taken.emplace(offset, end);
  return true;
}

}  // namespace

KnownTasks::KnownTasks(RecordedTasks& tasks, std::uint64_t first) {
  constexpr std::uint64_t most_prepared = 1'000'000;  // ranges may stand for more
  singles_.reserve(std::min(tasks.size() - first, most_prepared));
  for (std::uint64_t number = first; number < tasks.size();) {
    const RecordedTask& task = tasks.at(number);
    const std::uint64_t skipped = number - task.index;
    if (task.range && task.count - skipped < few_elements) {
      for (std::uint64_t i = number; i < task.index + task.count; ++i) add(i, task.function, args_of(task, i), {}, {});
    } else if (task.range) {
      ranges_.push_back({std::string(task.function), number, task.range->slice(skipped, task.count - skipped)});
    } else {
      add(task.index, task.function, task.args, task.kwargs, task.id);
    }
    number = task.index + task.count;
  }
}

KnownTasks::Key KnownTasks::key_of(std::string_view function, std::string_view args, std::string_view kwargs,
                                   std::string_view id) {
  sha256_ctx hash;  // NOLINT(cppcoreguidelines-pro-type-member-init): by sha256_init
  ::sha256_init(&hash);
  for (const std::string_view part : {function, args, kwargs, id}) {
    const std::uint64_t size = part.size();
    std::array<std::uint8_t, sizeof size> bytes{};
    std::memcpy(bytes.data(), &size, sizeof size);
    ::sha256_update(&hash, bytes.size(), bytes.data());
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): nettle's bytes are unsigned
    ::sha256_update(&hash, part.size(), reinterpret_cast<const std::uint8_t*>(part.data()));
  }
  Key key{};
  std::array<std::uint8_t, sizeof key> digest{};
  ::sha256_digest(&hash, digest.size(), digest.data());
  std::memcpy(key.data(), digest.data(), sizeof key);
  return key;
}

void KnownTasks::add(std::uint64_t number, std::string_view function, std::string_view args, std::string_view kwargs,
                     std::string_view id) {
  const auto entry = static_cast<std::uint32_t>(numbers_.size());
  numbers_.push_back(number);
  next_.push_back(no_other);
  taken_.push_back(false);
  keys_.push_back(key_of(function, args, kwargs, id));
  const auto [chain, added] = singles_.try_emplace(keys_.back(), Chain{entry, entry});
  if (added) return;
  next_[chain->second.last] = entry;
  chain->second.last = entry;
}

std::optional<std::uint64_t> KnownTasks::take_single(const Key& key) {
  std::size_t entry = expected_;
  if (entry >= keys_.size() || taken_[entry] || keys_[entry] != key) {
    const auto chain = singles_.find(key);
    if (chain == singles_.end()) return std::nullopt;
    std::uint32_t& first = chain->second.first;
    while (first != no_other && taken_[first]) first = next_[first];
    if (first == no_other) return std::nullopt;
    entry = first;
  }
  taken_[entry] = true;
  expected_ = entry + 1;
  return numbers_[entry];
}

std::optional<std::uint64_t> KnownTasks::take_of_ranges(std::string_view function, std::int64_t number) {
  for (std::size_t tried = 0; tried < ranges_.size(); ++tried) {
    const std::size_t at = (last_range_ + tried) % ranges_.size();
    Range& range = ranges_[at];
    if (range.function != function) continue;
    const auto offset = offset_of(range.range, number);
    if (!offset || !take_offset(range.taken, *offset)) continue;
    last_range_ = at;
    return range.first_task + *offset;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> KnownTasks::take(const Task& task) {
  const std::string_view function = task.function->name();
  if (!ranges_.empty() && task.kwargs.empty() && task.id.empty()) {
    const auto number = single_integer(task.args);
    if (number) {
      if (const auto found = take_of_ranges(function, *number)) return found;
    }
  }
  return singles_.empty() ? std::nullopt : take_single(key_of(function, task.args, task.kwargs, task.id));
}

}  // namespace prun::journal
