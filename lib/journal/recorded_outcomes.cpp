// See recorded_outcomes.hpp.
#include "journal/recorded_outcomes.hpp"

#include "command/command_result.hpp"
#include "journal/task_text.hpp"
#include "sys/error.hpp"
#include "wire/value.hpp"

#include <unistd.h>

#include <algorithm>
#include <utility>

namespace prun::journal {
namespace {

constexpr std::size_t bytes_at_once = std::size_t{1} << 20;

std::string query(bool failures_too) {
  return std::string(
             "SELECT task, run, attempt, ending, value, started, duration, worker, user, system, max_rss, "
             "minor_faults, "
             "major_faults, type, message, signal, exit_status, pid, place, traceback, detail, host FROM outcomes "
             "WHERE task >= ?1 ") +
         (failures_too ? "" : "AND ending = 'value' ") + "ORDER BY task LIMIT 256";
}

detail::AttemptInfo info_of(const Statement& row, std::chrono::nanoseconds to_system) {
  detail::AttemptInfo info;
  info.attempt = static_cast<std::uint32_t>(row.integer(2));
  if (!row.is_null(5)) info.started_ns = row.integer(5) - to_system.count();
  info.duration_ns = row.integer(6);
  info.worker = static_cast<std::int32_t>(row.integer(7));
  if (row.is_null(8)) return info;
  info.usage = Usage{std::chrono::microseconds(row.integer(8)), std::chrono::microseconds(row.integer(9)),
                     static_cast<std::uint64_t>(row.integer(10)), static_cast<std::uint64_t>(row.integer(11)),
                     static_cast<std::uint64_t>(row.integer(12))};
  return info;
}

void write_all(const sys::Fd& file, std::string_view bytes) {
  while (!bytes.empty()) {
    const auto written = sys::retry_interrupted([&] { return ::write(file.get(), bytes.data(), bytes.size()); });
    if (written < 0) sys::throw_errno("a recorded output cannot be kept in a temporary file");
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace

RecordedOutcomes::RecordedOutcomes(Database& database, bool failures_too, command::SpilledFiles* spilled)
    : select_(database.prepare(query(failures_too))), pieces_(database), spilled_(spilled) {}

// Rows that were read in vain show that the tasks are not asked for in their order.
std::uint64_t RecordedOutcomes::next(std::uint64_t index) {
  const bool back = index < asked_;
  const std::size_t before = ahead_.size();
  if (back) {
    ahead_.clear();
    at_end_ = false;
  }
  asked_ = index;
  while (!ahead_.empty() && ahead_.front().index < index) ahead_.pop_front();
  if (ahead_.empty() && !at_end_) {
    rows_to_read_ = back || before > 0 ? 1 : std::min(2 * rows_to_read_, rows_at_once);
    read_on(index);
  }
  return ahead_.empty() ? RecordedRun::none : ahead_.front().index;
}

RecordedOutcome RecordedOutcomes::take(std::uint64_t index, bool of_command) {
  if (next(index) != index) throw wire::DecodeError("the outcome of task " + std::to_string(index) + " is missing");
  Row row = std::move(ahead_.front());
  ahead_.pop_front();
  if (of_command && spilled_ != nullptr) {
    restore_files(row.outcome.failure ? row.outcome.failure->detail : row.outcome.value, row);
  }
  return std::move(row.outcome);
}

// The files of the outputs existed only during their run. The journal has their content.
void RecordedOutcomes::restore_files(std::string& value, const Row& row) {
  if (!command::has_files(value)) return;
  value = command::with_files(value, [&](std::string_view what) {
    sys::Fd file = command::make_unnamed_file();
    pieces_.each(static_cast<std::int64_t>(row.index), row.run, row.outcome.info.attempt, what,
                 [&](std::string_view bytes) { write_all(file, bytes); });
    return spilled_->adopt(std::move(file));
  });
}

void RecordedOutcomes::read_on(std::uint64_t index) {
  using std::chrono::steady_clock, std::chrono::system_clock;
  to_system_ = system_clock::now().time_since_epoch() - steady_clock::now().time_since_epoch();
  select_.bind(1, static_cast<std::int64_t>(index));
  std::size_t bytes = 0;
  at_end_ = true;
  while (select_.step()) {
    ahead_.push_back({static_cast<std::uint64_t>(select_.integer(0)), select_.integer(1), read_row()});
    const RecordedOutcome& outcome = ahead_.back().outcome;
    bytes += outcome.value.size() + (outcome.failure ? outcome.failure->detail.size() : 0);
    at_end_ = false;
    if (ahead_.size() == rows_to_read_ || bytes >= bytes_at_once) break;
  }
  select_.reset();
}

RecordedOutcome RecordedOutcomes::read_row() {
  const std::int64_t task = select_.integer(0);
  const std::int64_t run = select_.integer(1);
  const std::int64_t attempt = select_.integer(2);
  RecordedOutcome outcome;
  outcome.info = info_of(select_, to_system_);
  outcome.host = select_.bytes(21);
  std::string value;
  if (select_.bytes(3) == "value") {
    pieces_.append_value(select_, 4, task, run, attempt, "value", value);
    if (!wire::is_value(value)) throw wire::DecodeError("the value of task " + std::to_string(task) + " is missing");
    outcome.value = std::move(value);
    return outcome;
  }
  Failure& failure = outcome.failure.emplace(failure_in(select_, select_.bytes(3), 13));
  failure.where = select_.bytes(18);
  failure.traceback = select_.bytes(19);
  pieces_.append_value(select_, 20, task, run, attempt, "detail", failure.detail);
  return outcome;
}

}  // namespace prun::journal
