// The recorded tasks by what they are: function, arguments and id. Finds for a task of an input the recorded task that is the same
// call, whatever its place. Each is found once.
#pragma once

#include "journal/recorded_tasks.hpp"
#include "task/range.hpp"
#include "task/task.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace prun::journal {

class KnownTasks {
 public:
  /// Reads all tasks from number `first` on.
  KnownTasks(RecordedTasks& tasks, std::uint64_t first);

  /// The number of the recorded task.
  [[nodiscard]] std::optional<std::uint64_t> take(const Task& task);

 private:
  /// Of a task: so many bits of a hash for which nobody can construct two tasks with the same.
  using Key = std::array<std::uint64_t, 2>;
  struct HashOfKey {
    std::size_t operator()(const Key& key) const noexcept { return static_cast<std::size_t>(key[0]); }
  };
  /// A chain of equal tasks through `next_`.
  struct Chain {
    std::uint32_t first = 0;
    std::uint32_t last = 0;
  };
  struct Range {
    std::string function;
    std::uint64_t first_task = 0;
    IntRange range;
    std::map<std::uint64_t, std::uint64_t> taken{};  ///< first and behind the last, as offsets
  };

  [[nodiscard]] static Key key_of(std::string_view function, std::string_view args, std::string_view kwargs,
                                  std::string_view id);
  void add(std::uint64_t number, std::string_view function, std::string_view args, std::string_view kwargs,
           std::string_view id);
  [[nodiscard]] std::optional<std::uint64_t> take_of_ranges(std::string_view function, std::int64_t number);
  [[nodiscard]] std::optional<std::uint64_t> take_single(const Key& key);

  std::unordered_map<Key, Chain, HashOfKey> singles_;
  std::vector<Key> keys_;
  std::vector<std::uint64_t> numbers_;
  std::vector<std::uint32_t> next_;
  std::vector<bool> taken_;
  std::size_t expected_ = 0;  ///< the entry behind the one that was taken last: inputs mostly keep their order
  std::vector<Range> ranges_;
  std::size_t last_range_ = 0;
};

}  // namespace prun::journal
