// The bytes of a timeline. Numbers are LEB128: seven bits a byte, the lowest first; signed ones are zigzag.
//
//   exact:    for each row: number of attempts, then for each, by the time of their starts:
//               flags        bits 0-1: Look; 2: it begins a chunk; 3: another function than before; 4: not the first attempt
//               start        signed, relative to the end of the previous one
//               duration
//               index        signed, relative to the index of the previous one plus 1
//               function     if flagged
//               attempt      if flagged
//               failure kind if it has failed, as FailureKind
//   steps:    for each row, for each step two bytes: how busy it was (0-255), and a bit for each Look that ended in it
//
// Times are nanoseconds.
#include "report/timeline.hpp"

#include "history/chunk_bounds.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace prun::report {
namespace {

using history::Attempt;
using history::ChunkBounds;
using history::History;

constexpr std::size_t least_bytes_an_attempt = 5;

void append_number(std::string& out, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U) out += static_cast<char>(number | 0x80U);
  out += static_cast<char>(number);
}

void append_signed(std::string& out, std::int64_t number) {
  append_number(out, static_cast<std::uint64_t>(number) << 1U ^ static_cast<std::uint64_t>(number >> 63U));
}

/// The attempts of one row.
class ExactRow {
 public:
  explicit ExactRow(const ChunkBounds& chunks) : chunks_(&chunks) {}

  [[nodiscard]] std::uint64_t attempts() const noexcept { return attempts_; }
  [[nodiscard]] const std::string& bytes() const noexcept { return out_; }
  /// Returns true if it is before an attempt that was written.
  [[nodiscard]] bool is_late(const Attempt& attempt) const noexcept { return *attempt.started < start_; }

  void write(const Attempt& attempt) {
    enum : unsigned { begins_chunk = 4, other_function = 8, again = 16 };
    const bool function_changes = attempt.function != function_;
    unsigned flags = static_cast<unsigned>(look_of(attempt));
    if (chunks_->begins(attempt)) flags |= begins_chunk;
    if (function_changes) flags |= other_function;
    if (attempt.attempt > 1) flags |= again;
    out_ += static_cast<char>(flags);
    append_signed(out_, *attempt.started - end_);
    append_number(out_, static_cast<std::uint64_t>(attempt.duration));
    append_signed(out_, static_cast<std::int64_t>(attempt.index) - next_index_);
    if (function_changes) append_number(out_, attempt.function);
    if (attempt.attempt > 1) append_number(out_, attempt.attempt);
    if (attempt.failure) append_number(out_, static_cast<std::uint64_t>(*attempt.failure));
    ++attempts_;
    start_ = *attempt.started;
    end_ = attempt.ended();
    next_index_ = static_cast<std::int64_t>(attempt.index) + 1;
    function_ = attempt.function;
  }

 private:
  const ChunkBounds* chunks_;
  std::string out_;
  std::uint64_t attempts_ = 0;
  std::int64_t start_ = INT64_MIN;
  std::int64_t end_ = 0;
  std::int64_t next_index_ = 0;
  std::uint32_t function_ = 0;
};

using ExactRows = std::vector<ExactRow>;

/// Calls `visit(attempt)` for the attempts that can be drawn.
template <class Visit>
void for_each_drawn(const History& history, std::size_t rows, const Visit& visit) {
  history.for_each_attempt([&](const Attempt& attempt) {
    if (attempt.started && attempt.worker < rows) visit(attempt);
  });
}

/// A worker's attempts are recorded in the order of their starts, unless two processes have had its place.
ExactRows rows_as_recorded(const History& history, const ExactRows& empty, bool& in_order) {
  ExactRows rows = empty;
  for_each_drawn(history, rows.size(), [&](const Attempt& attempt) {
    in_order = in_order && !rows[attempt.worker].is_late(attempt);
    rows[attempt.worker].write(attempt);
  });
  return rows;
}

ExactRows sorted_rows(const History& history, ExactRows rows) {
  std::vector<Attempt> attempts;
  for_each_drawn(history, rows.size(), [&](const Attempt& attempt) { attempts.push_back(attempt); });
  std::sort(attempts.begin(), attempts.end(), [](const Attempt& a, const Attempt& b) { return a.started < b.started; });
  for (const Attempt& attempt : attempts) rows[attempt.worker].write(attempt);
  return rows;
}

/// Returns false if they need too many bytes.
bool write_exact(const History& history, std::uint32_t count, std::size_t most_bytes, std::string& out) {
  if (history.totals().attempts * least_bytes_an_attempt > most_bytes) return false;
  const ChunkBounds chunks(history);
  const ExactRows empty(count, ExactRow(chunks));
  bool in_order = true;
  ExactRows rows = rows_as_recorded(history, empty, in_order);
  if (!in_order) rows = sorted_rows(history, empty);
  for (const ExactRow& row : rows) {
    append_number(out, row.attempts());
    out += row.bytes();
  }
  return out.size() <= most_bytes;
}

void write_steps(const History& history, std::size_t most_bytes, Timeline& timeline) {
  timeline.steps = std::max<std::size_t>(most_bytes / 2 / std::max(timeline.rows, 1U), 1);
  const Cells cells(history, timeline.rows, timeline.steps);
  timeline.step = cells.step();
  timeline.bytes.clear();
  timeline.bytes.reserve(timeline.rows * timeline.steps * 2);
  for (std::uint32_t row = 0; row < timeline.rows; ++row) {
    for (std::size_t step = 0; step < timeline.steps; ++step) {
      unsigned looks = 0;
      for (const Look look : {Look::value, Look::retried, Look::failed})
        looks |= cells.has(row, step, look) ? 1U << static_cast<unsigned>(look) : 0U;
      timeline.bytes += static_cast<char>(cells.busy(row, step));
      timeline.bytes += static_cast<char>(looks);
    }
  }
}

}  // namespace

Timeline timeline_of(const History& history, std::size_t most_bytes) {
  Timeline timeline;
  timeline.rows = history.worker_count();
  timeline.exact = write_exact(history, timeline.rows, most_bytes, timeline.bytes);
  if (!timeline.exact) write_steps(history, most_bytes, timeline);
  return timeline;
}

Cells::Cells(const History& history, std::uint32_t rows, std::size_t steps)
    : steps_(steps),
      step_(history.wall() / static_cast<std::int64_t>(steps) + 1),
      per_nanosecond_(1 / static_cast<double>(step_)),
      busy_(rows * steps),
      looks_(rows * steps) {
  history.for_each_attempt([&](const Attempt& attempt) {
    if (!attempt.started || attempt.worker >= rows) return;
    const std::int64_t last = static_cast<std::int64_t>(steps_) * step_ - 1;
    const std::int64_t from = std::min(*attempt.started, last);
    const std::int64_t to = std::min(attempt.ended(), last);
    add(attempt.worker, from, to);
    looks_[place(attempt.worker, step_at(to))] |=
        static_cast<std::uint8_t>(1U << static_cast<unsigned>(look_of(attempt)));
  });
}

/// `time / step_`, computed by a multiplication. A division costs ten times as much, and this runs for each attempt.
std::size_t Cells::step_at(std::int64_t time) const noexcept {
  const auto step = static_cast<std::int64_t>(static_cast<double>(time) * per_nanosecond_);
  if (step * step_ > time) return static_cast<std::size_t>(step - 1);
  return static_cast<std::size_t>((step + 1) * step_ <= time ? step + 1 : step);
}

// Attempts of one worker do not overlap, so that all of them together fill each step at most once.
void Cells::add(std::uint32_t row, std::int64_t from, std::int64_t to) {
  const auto part = [this](std::int64_t time) {
    return static_cast<float>(static_cast<double>(time) * per_nanosecond_);
  };
  const std::size_t first = step_at(from);
  const std::size_t last = step_at(to);
  if (first == last) {
    busy_[place(row, first)] += part(to - from);
    return;
  }
  busy_[place(row, first)] += part(static_cast<std::int64_t>(first + 1) * step_ - from);
  busy_[place(row, last)] += part(to - static_cast<std::int64_t>(last) * step_);
  for (std::size_t step = first + 1; step < last; ++step) busy_[place(row, step)] += 1;
}

std::uint8_t Cells::busy(std::uint32_t row, std::size_t step) const {
  const float part = std::clamp(busy_[place(row, step)], 0.0F, 1.0F);
  return part > 0 ? static_cast<std::uint8_t>(std::max(std::lround(part * 255), 1L)) : std::uint8_t{0};
}

bool Cells::has(std::uint32_t row, std::size_t step, Look look) const {
  const unsigned looks = looks_[place(row, step)];
  return (looks >> static_cast<unsigned>(look) & 1U) != 0;
}

}  // namespace prun::report
