// The tasks in a journal, in the order of the input, to compare with the input of another run, or to run them again if that
// input is gone. Reads a few rows at a time, because a long read would keep SQLite from shortening its log.
#pragma once

#include "journal/sqlite.hpp"
#include "journal/stored_pieces.hpp"
#include "task/range.hpp"
#include "task/task.hpp"

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>

namespace prun::journal {

/// A task, or a range of them.
struct RecordedTask {
  std::uint64_t index = 0;
  std::uint64_t count = 1;
  std::string_view function;
  std::string args;  ///< this and all below: of a single task
  std::string kwargs;
  std::string id;
  std::string defect;
  std::optional<IntRange> range;
};

class RecordedTasks {
 public:
  /// @param database must outlive it
  explicit RecordedTasks(Database& database);

  /// The number of recorded tasks.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// The entry that contains task `index`, which must be below `size()`; quick if ascending. Valid until the next call.
  /// @throws wire::DecodeError if there is none, because the journal is damaged
  const RecordedTask& at(std::uint64_t index);

 private:
  void read_on(std::uint64_t index);
  std::string_view name_of(std::int64_t function);

  Statement select_;
  Statement select_name_;
  StoredPieces pieces_;
  std::uint64_t size_;
  std::deque<RecordedTask> ahead_;
  std::unordered_map<std::int64_t, std::string> names_;
};

}  // namespace prun::journal
