// The outcomes in a journal, in the order of the tasks. Reads a few rows at a time.
#pragma once

#include "command/spilled_files.hpp"
#include "event/recorded_run.hpp"
#include "journal/sqlite.hpp"
#include "journal/stored_pieces.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <string>

namespace prun::journal {

class RecordedOutcomes {
 public:
  /// @param database must outlive it
  /// @param failures_too include tasks that failed, not only those with a value
  /// @param spilled receives outputs of commands that are too large for memory; null: they are kept in memory
  RecordedOutcomes(Database& database, bool failures_too, command::SpilledFiles* spilled);

  /// The first index from `index` on that has an outcome; RecordedRun::none: there is none. Quick if ascending.
  std::uint64_t next(std::uint64_t index);
  /// Takes the outcome at that index, once. @throws wire::DecodeError if it is damaged
  /// @param of_command its value may refer to files of outputs
  RecordedOutcome take(std::uint64_t index, bool of_command);

 private:
  static constexpr std::size_t rows_at_once = 256;
  struct Row {
    std::uint64_t index = 0;
    std::int64_t run = 0;
    RecordedOutcome outcome;
  };
  void read_on(std::uint64_t index);
  [[nodiscard]] RecordedOutcome read_row();
  void restore_files(std::string& value, const Row& row);

  Statement select_;
  StoredPieces pieces_;
  command::SpilledFiles* spilled_;
  std::deque<Row> ahead_;
  bool at_end_ = false;
  std::uint64_t asked_ = 0;                      ///< the last index
  std::size_t rows_to_read_ = rows_at_once / 2;  ///< doubled at each read
  std::chrono::nanoseconds to_system_{};
};

}  // namespace prun::journal
