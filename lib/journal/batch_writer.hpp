// Writes the notes of a run into its journal, one batch per transaction. It does not know when.
#pragma once

#include "journal/batch.hpp"
#include "journal/noted_rows.hpp"
#include "journal/sqlite.hpp"

#include <prun/outcome.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace prun::journal {

/// For values larger than `largest_in_row`. Their column is an empty BLOB.
inline constexpr std::size_t piece_size = std::size_t{1} << 20;

class BatchWriter {
 public:
  /// @param database must outlive it
  BatchWriter(Database& database, std::int64_t run);

  /// Writes all of it durably, or nothing. @throws SqliteError; std::system_error if the file of an output cannot be read
  void write(Batch& batch);

 private:
  struct Owner {  ///< of pieces: an attempt; for the task itself: run 0, attempt 0
    std::uint64_t task = 0;
    std::int64_t run = 0;
    std::uint32_t attempt = 0;
  };

  [[nodiscard]] std::int64_t id_of(const Function& function);
  void write_tasks(const Batch& batch);
  [[nodiscard]] static std::vector<std::string> hashes_of(const std::vector<MadeTask>& made);
  void write_made(const std::vector<MadeTask>& made, const std::vector<std::string>& hashes);
  void write_attempts(const Batch& batch);
  void write_large_task(const NotedTask& task);
  void write_range(const NotedRange& range);
  void write_attempt(const NotedAttempt& attempt);
  void bind_or_store(Statement& statement, int place, const Owner& owner, const char* what, std::string_view value,
                     std::string& text);
  void bind_info(Statement& statement, const NotedAttempt& attempt);
  void write_failure(const NotedAttempt& attempt, const Owner& owner);
  void store_piece(const Owner& owner, const char* what, std::int64_t piece, std::string_view bytes);
  void store_files(const Owner& owner, std::uint32_t count);

  Database* database_;
  std::int64_t run_;
  FunctionIds functions_;
  Statement add_function_;
  Statement find_function_;
  NotedTaskRows task_rows_;
  NotedValueRows value_rows_;
  Statement add_tasks_;
  Statement add_values_;
  Statement add_task_;
  Statement add_range_;
  Statement add_value_;
  Statement add_failure_;
  Statement add_piece_;
  Statement set_input_;
  Statement add_segment_;
  Statement add_made_;
  Statement drop_inputs_;
  Statement add_input_;
  std::chrono::nanoseconds to_system_{};  ///< offset from CLOCK_MONOTONIC to the time of day
  std::vector<OutputFile>* files_ = nullptr;
  std::size_t next_file_ = 0;
  std::string texts_[4];
};

}  // namespace prun::journal
