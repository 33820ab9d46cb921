#include "pypackage/jobs.hpp"

#include "pypackage/codec.hpp"
#include "pypackage/worker.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <utility>

namespace prun::pypackage {
namespace {

constexpr std::uint64_t most_bytes_held = std::uint64_t{64} << 20;  // for a stream that has no consumer
constexpr double worth_a_chunk_ns = 2e6;
constexpr std::uint32_t longest_chunk = 4096;

/// A call that was cancelled, or that has no worker to run it, is not retried.
bool is_worth_retrying(FailureKind kind) {
  return kind != FailureKind::cancelled && kind != FailureKind::worker_start && kind != FailureKind::bad_arguments &&
         kind != FailureKind::bad_result;
}

/// In the words of the program prun, whose reports show it.
std::string timeout_message(double limit, std::int32_t pid) {
  std::array<char, 32> seconds{};
  std::snprintf(seconds.data(), seconds.size(), "%g", limit);
  return std::string("ran longer than ") + seconds.data() + " s; worker " + std::to_string(pid) + " was killed";
}

}  // namespace

bool WatchedJob::watch(Object* watcher) {
  if (ended()) return false;
  watchers_.push_back(watcher);
  return true;
}

void WatchedJob::end() {
  ended_.store(true, std::memory_order_release);
  if (watchers_.empty()) return;
  core_->defer([watchers = std::exchange(watchers_, {})] {
    const python::Holding holding;
    for (Object* const watcher : watchers) {
      const Ref own(watcher);
      const Ref result(py.PyObject_CallFunctionObjArgs(watcher, nullptr));
      if (!result) api.PyErr_WriteUnraisable(watcher);
    }
  });
}

void WatchedJob::queue_again() {
  core_->defer([core = core_, self = shared_from_this()] {
    auto lock = core->lock();
    core->resubmit(lock, self);
  });
}

void WatchedJob::name_timeout(Failure& failure) const {
  if (failure.kind != FailureKind::lost_signal || failure.signal != SIGKILL) return;
  const std::optional<double> limit = table_->exceeded_limit(failure.pid);
  if (!limit) return;
  failure.kind = FailureKind::timeout;
  failure.type = "prun::TimeoutError";
  failure.message = timeout_message(*limit, failure.pid);
  failure.signal = 0;  // as for the limits of the engine: the signal only enforced it
}

bool CallJob::next_chunk(detail::ChunkSpec& chunk) {
  if (std::exchange(handed_, true)) return false;
  chunk.entry = &run_chunk;
  chunk.count = 1;
  chunk.first_index = 0;
  chunk.attempt = attempt_;
  chunk.payload = payload_;
  if (retries_ == 0) payload_ = {};
  return true;
}

void CallJob::record(Recorded recorded) {
  recorded_ = std::move(recorded);
  timed = measured = true;
}

void CallJob::on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  recorded_.value(index, value, info);
  outcome_ = Outcome(value);
  end();
}

void CallJob::on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) {
  name_timeout(failure);
  const bool again = attempt_ <= retries_ && is_worth_retrying(failure.kind);
  recorded_.failure(index, !again, failure, info);
  if (again) {
    ++attempt_;
    handed_ = false;
    queue_again();
    return;
  }
  outcome_ = Outcome(std::move(failure));
  end();
  core().settled();
}

StreamJob::StreamJob(detail::PoolCore& core, const SharedTable& table, Options options)
    : WatchedJob(core, table), options_(std::move(options)) {
  measured = static_cast<bool>(options_.recorded);
  timed = options_.automatic || measured;
}

void StreamJob::push(Piece&& piece) {
  if (options_.retries != 0 && !piece.known) keep(pushed_, piece);
  pushed_ += piece.count;
  held_bytes_ += piece.items.size();
  pieces_.push_back(std::move(piece));
}

void StreamJob::keep(std::uint64_t first, const Piece& piece) {
  std::string_view rest = piece.items;
  for (std::uint32_t i = 0; i < piece.count; ++i) {
    if (piece.is_range) {
      encode_int(kept_[first + i].item, piece.start + std::int64_t{i} * piece.step);
      continue;
    }
    const std::string_view before = rest;
    skip(rest);
    kept_[first + i].item = before.substr(0, before.size() - rest.size());
  }
}

StreamJob::Counts StreamJob::read_counts() noexcept {
  told_ = false;
  return {arrived_, failed_, input_ended_ ? std::optional(pushed_) : std::nullopt, complete()};
}

void StreamJob::tell_change() noexcept {
  if (changes_fd_ < 0 || std::exchange(told_, true)) return;
  static_cast<void>(::write(changes_fd_, "", 1));  // if the pipe is full, the reader will wake up anyway
}

void StreamJob::end_input() {
  input_ended_ = true;
  tell_change();
  if (complete()) end();
}

std::uint64_t StreamJob::room() const noexcept {
  if (options_.window == 0) return UINT64_MAX;
  const std::uint64_t outstanding = pushed_ - taken_;
  const double expected = static_cast<double>(held_bytes_) + mean_bytes_ * static_cast<double>(pushed_ - arrived_);
  if (expected >= static_cast<double>(most_bytes_held))
    return outstanding < options_.workers ? options_.workers - outstanding : 0;
  return outstanding < options_.window ? options_.window - outstanding : 0;
}

bool StreamJob::has_ready() const noexcept { return !outcomes_.empty() && outcomes_.front().is_there(); }

void StreamJob::take_ready(std::deque<Outcome>& out) {
  if (complete() && out.empty()) {  // all of them, where they are
    taken_ += outcomes_.size();
    first_outcome_ += outcomes_.size();
    held_bytes_ = 0;
    out.swap(outcomes_);
    return;
  }
  while (has_ready()) {
    held_bytes_ -= outcomes_.front().value().size();
    out.push_back(std::move(outcomes_.front()));
    outcomes_.pop_front();
    ++first_outcome_;
    ++taken_;
  }
}

// Long enough that the overhead is small, short enough that the last chunks end together.
std::uint32_t StreamJob::pieces_at_once() const noexcept {
  if (!options_.automatic) return 1;
  if (mean_ns_ <= 0) return 1;
  const double wanted = std::min(worth_a_chunk_ns / mean_ns_, double{longest_chunk});
  const double share = static_cast<double>(pieces_.size()) / (2.0 * options_.workers);
  return static_cast<std::uint32_t>(std::max(1.0, std::min(wanted, share)));
}

bool StreamJob::next_chunk(detail::ChunkSpec& chunk) {
  chunk.entry = &run_chunk;
  chunk.payload = options_.prefix;
  if (!again_.empty()) {
    chunk.payload += again_.front().item;
    chunk.first_index = again_.front().index;
    chunk.attempt = again_.front().attempt;
    chunk.count = 1;
    again_.pop_front();
    return true;
  }
  settle_known();
  if (pieces_.empty()) return false;
  chunk.first_index = handed_;
  chunk.count = 0;
  if (const Piece& front = pieces_.front(); front.is_range) {
    chunk.count = front.count;
    chunk.is_range = true;
    chunk.start = front.start;
    chunk.step = front.step;
    handed_ += front.count;
    pieces_.pop_front();
    return true;
  }
  for (std::uint32_t left = pieces_at_once(); left != 0 && !pieces_.empty() && !pieces_.front().known; --left) {
    held_bytes_ -= pieces_.front().items.size();
    chunk.payload += pieces_.front().items;
    chunk.count += pieces_.front().count;
    pieces_.pop_front();
  }
  handed_ += chunk.count;
  return true;
}

void StreamJob::settle_known() {
  while (!pieces_.empty() && pieces_.front().known) {
    const auto known = std::move(pieces_.front().known);
    pieces_.pop_front();
    if (const Failure* failure = known->failure()) {
      on_failure(handed_++, Failure(*failure), {});
    } else {
      settle(handed_++, std::move(*known));
    }
  }
}

void StreamJob::on_value(std::uint64_t index, std::string_view value, const detail::AttemptInfo& info) {
  if (options_.automatic) {
    const auto taken = static_cast<double>(info.duration_ns);
    mean_ns_ = mean_ns_ <= 0 ? std::max(taken, 1.0) : mean_ns_ + (taken - mean_ns_) / 16;
  }
  options_.recorded.value(index, value, info);
  arrived(index, Outcome(value));
  if (complete()) end();
}

void StreamJob::on_failure(std::uint64_t index, Failure&& failure, const detail::AttemptInfo& info) {
  name_timeout(failure);
  const auto kept = kept_.find(index);
  const bool again = kept != kept_.end() && kept->second.attempt <= options_.retries && is_worth_retrying(failure.kind);
  options_.recorded.failure(index, !again, failure, info);
  if (again) {
    again_.push_back({index, ++kept->second.attempt, kept->second.item});
    queue_again();
    return;
  }
  ++failed_;
  settle(index, Outcome(std::move(failure)));
}

/// Details that no worker has reported.
void StreamJob::settle(std::uint64_t index, Outcome&& outcome) {
  arrived(index, std::move(outcome));
  if (complete()) end();
  core().settled();
}

void StreamJob::arrived(std::uint64_t index, Outcome&& outcome) {
  if (options_.retries != 0) kept_.erase(index);
  ++arrived_;
  tell_change();
  const std::size_t size = outcome.value().size();
  held_bytes_ += size;
  mean_bytes_ += (static_cast<double>(size) - mean_bytes_) / static_cast<double>(std::min<std::uint64_t>(arrived_, 16));
  if (!options_.ordered) {
    outcomes_.push_back(std::move(outcome));
    return;
  }
  const auto place = static_cast<std::size_t>(index - first_outcome_);
  if (place >= outcomes_.size()) outcomes_.resize(place + 1);
  outcomes_[place] = std::move(outcome);
}

}  // namespace prun::pypackage
