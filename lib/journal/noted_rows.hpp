// The notes of a run as rows of tables (SCHEMA.md), which SQL reads when a batch is written.
#pragma once

#include "journal/batch.hpp"
#include "journal/row_source.hpp"
#include "journal/sqlite.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <unordered_map>

namespace prun::journal {

/// The numbers of the functions in the journal.
using FunctionIds = std::unordered_map<const Function*, std::int64_t>;

/// Rows of `tasks`.
class NotedTaskRows final : public RowSource {
 public:
  /// @param ids must outlive it, and contain all functions of the tasks
  explicit NotedTaskRows(const FunctionIds& ids) : ids_(&ids), reader_(none_) {}

  /// Registers the table with the connection. @return the statement that inserts the rows @throws SqliteError
  [[nodiscard]] std::string insertion(Database& database);
  /// The list must outlive the next run of the statement.
  void show(const NotedList<NotedTask>& tasks) noexcept { tasks_ = &tasks; }

  void rewind() override { reader_ = NotedList<NotedTask>::Reader(*tasks_); }
  bool next() override { return reader_.next(task_); }
  void column(int number, ColumnResult& result) override;

 private:
  const FunctionIds* ids_;
  NotedList<NotedTask> none_;
  const NotedList<NotedTask>* tasks_ = &none_;
  NotedList<NotedTask>::Reader reader_;
  NotedTask task_{};
  std::array<std::string, 3> texts_;
};

/// Rows of `attempts` with a value.
class NotedValueRows final : public RowSource {
 public:
  explicit NotedValueRows(std::int64_t run) : run_(run), reader_(none_) {}

  /// As in NotedTaskRows.
  [[nodiscard]] std::string insertion(Database& database);
  /// @param to_system offset from CLOCK_MONOTONIC to the time of day
  void show(const NotedList<NotedAttempt>& attempts, std::chrono::nanoseconds to_system) noexcept {
    attempts_ = &attempts;
    to_system_ = to_system;
  }

  void rewind() override { reader_ = NotedList<NotedAttempt>::Reader(*attempts_); }
  bool next() override { return reader_.next(attempt_); }
  void column(int number, ColumnResult& result) override;

 private:
  std::int64_t run_;
  NotedList<NotedAttempt> none_;
  const NotedList<NotedAttempt>* attempts_ = &none_;
  NotedList<NotedAttempt>::Reader reader_;
  NotedAttempt attempt_{};
  std::chrono::nanoseconds to_system_{};
  std::string text_;
};

}  // namespace prun::journal
