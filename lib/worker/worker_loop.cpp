#include "worker/worker_loop.hpp"

#include "ring/fault_point.hpp"
#include "ring/share.hpp"
#include "sys/process_mark.hpp"
#include "task/cancelled.hpp"
#include "wire/failure.hpp"
#include "worker/exception_failure.hpp"
#include "worker/forked_child.hpp"
#include "worker/peer_address.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <exception>
#include <utility>

namespace prun {
namespace {

thread_local const TaskContext* running_task = nullptr;

}  // namespace

const TaskContext* current_task() noexcept { return running_task; }

namespace worker {
WorkerLoop::WorkerLoop(const ring::Region& region, std::uint32_t worker, int event_fd, sys::PeerModules* peer)
    : region_(&region),
      worker_(worker),
      own_process_(&sys::mark_process()),
      block_(&region.worker(worker)),
      watched_(region.header().clocked || region.header().cpu_limit_us != 0),
      tasks_(region),
      results_(region, worker),
      bell_(region.header(), event_fd),
      sleepers_(region),
      usage_(block_->used_before),
      peer_(peer) {}

void WorkerLoop::run() {
  if (in_forked_child()) end_forked_child();  // the initializer has forked it
  block_->stage.store(ring::WorkerStage::ready, std::memory_order_release);
  context_.run_seed = region_->header().run_seed;
  context_.slot = worker_;
  running_task = &context_;
  while (next_chunk()) run_chunk(find_entry());
  PRUN_FAULT_POINT("retiring");
  running_task = nullptr;
  block_->stage.store(ring::WorkerStage::retired, std::memory_order_release);
}

/// Returns when there is a chunk to run. Returns false if there will be none, or if the maximum number of tasks has run.
bool WorkerLoop::next_chunk() {
  const std::uint64_t limit = region_->header().max_tasks_per_child;
  while (!holds_chunk_) {
    if (limit != 0 && tasks_run_ >= limit) return false;
    if (const auto claim = tasks_.claim(worker_)) {
      take(*claim);
    } else if (!wait_for_tasks()) {
      return false;
    }
  }
  return true;
}

detail::Entry WorkerLoop::find_entry() {
  if (peer_ == nullptr) return reinterpret_cast<detail::Entry>(chunk_.entry);
  try {
    return reinterpret_cast<detail::Entry>(function_here(*peer_, chunk_.entry));
  } catch (const std::exception&) {
    missing_ = std::current_exception();
    return nullptr;
  }
}

void WorkerLoop::fail_chunk() {
  for (std::uint32_t i = first; i < last; ++i) {
    if (begin(i)) failed(missing_);
  }
}

void WorkerLoop::run_chunk(detail::Entry entry) {
  holds_chunk_ = false;
  open_chunk();
  entry != nullptr ? entry(*this) : fail_chunk();
  if (std::exchange(lent_, false)) return;
  PRUN_FAULT_POINT("chunk done");
  block_->held.store(0, std::memory_order_release);
  PRUN_FAULT_POINT("chunk let go");
}

void WorkerLoop::lend(Partner& partner) {
  holds_chunk_ = true;
  PRUN_FAULT_POINT("about to lend");
  receive(partner.take_over(baton()));
  PRUN_FAULT_POINT("baton back");
  lent_ = true;
}

Baton WorkerLoop::stand_in(const Baton& given, detail::Entry entry) {
  receive(given);
  context_.run_seed = region_->header().run_seed;
  context_.slot = worker_;
  running_task = &context_;
  const std::uint64_t own = given.chunk.entry;
  while (next_chunk() && chunk_.entry == own) run_chunk(entry);
  running_task = nullptr;
  return baton();
}

void WorkerLoop::receive(const Baton& baton) {
  chunk_ = baton.chunk;
  context_.call = baton.call;
  tasks_run_ = baton.tasks_run;
  holds_chunk_ = baton.holds_chunk;
  woken_ = baton.woken;
  last_sent_ = 0;
  results_ = ring::ResultProducer(*region_, worker_);  // the other process has written too
  usage_.pause();
}

Baton WorkerLoop::baton() const { return {chunk_, context_.call, tasks_run_, holds_chunk_, woken_}; }

// In these steps, because the process may die between them: claimed (the slot names this worker), held, slot free. The
// master finds the chunk by either mark. If both exist, they have the same ticket.
void WorkerLoop::take(const ring::TaskRing::Claim& claim) {
  chunk_ = *claim.chunk;
  context_.call = claim.call;
  block_->begun.store(0, std::memory_order_relaxed);
  PRUN_FAULT_POINT("chunk copied");
  if ((chunk_.flags & ring::flag_recallable) != 0) open_share(claim.ticket);
  block_->held.store(claim.ticket + 1, std::memory_order_release);
  PRUN_FAULT_POINT("held");
  tasks_.vacate(claim.ticket);
  if (woken_) [[unlikely]] {
    woken_ = false;
    if (!tasks_.empty()) sleepers_.wake(1);
  }
  if (ring::wants_low_water(bell_.armed()) &&
      tasks_.backlog() < region_->header().low_water.load(std::memory_order_relaxed)) {
    bell_.ring();
  }
  holds_chunk_ = true;
}

void WorkerLoop::open_chunk() {
  const char* arena = reinterpret_cast<const char*>(region_->arena().data());
  first = 0;
  last = chunk_.count;
  is_range = chunk_.kind == ring::PayloadKind::inline_range || chunk_.kind == ring::PayloadKind::arena_range;
  switch (chunk_.kind) {
    case ring::PayloadKind::inline_items: payload = {reinterpret_cast<const char*>(chunk_.data), chunk_.size}; break;
    case ring::PayloadKind::arena_items:
      payload = {arena + chunk_.place.offset, chunk_.size};
      first = chunk_.place.skip;
      break;
    case ring::PayloadKind::inline_range:
      payload = {reinterpret_cast<const char*>(&chunk_.range.callable), chunk_.size};
      break;
    case ring::PayloadKind::arena_range: payload = {arena + chunk_.range.callable, chunk_.size}; break;
  }
  if (is_range) {
    start = chunk_.range.start;
    step = chunk_.range.step;
  }
  started_ = 0;
  context_.attempt = chunk_.attempt;
  if ((chunk_.flags & ring::flag_usage) == 0) usage_.pause();
}

// Called before `held` is set. If the master sees different tickets in `held` and in `share`, it does not change the chunk.
[[gnu::noinline]] void WorkerLoop::open_share(std::uint64_t ticket) noexcept {
  const std::uint32_t skipped = chunk_.kind == ring::PayloadKind::arena_items ? chunk_.place.skip : 0;
  ring::Share(*block_).open(ticket, skipped, chunk_.count);
}

/// Returns true if the worker owns the item. False: the item was taken back, and the chunk ends before it.
[[gnu::noinline]] bool WorkerLoop::take_item(std::uint32_t item) {
  if (ring::Share(*block_).take(item)) return true;
  last = item;
  last_sent_ = 0;
  return false;
}

// The last call of each recallable chunk is measured, so that the time from its end to the first call of the next chunk is known.
[[gnu::noinline]] void WorkerLoop::measure_handing_over(std::uint32_t item) {
  const bool timed = (chunk_.flags & ring::flag_timed) != 0;
  if (!timed && !sampled_ && (item + 1 == last || (!region_->header().sampled && sampler_.due()))) {
    sampled_ = true;
    started_ = clock_.now();
  }
  if (item != first || last_sent_ == 0) return;
  constexpr std::int64_t longest_ns = 10'000'000;
  const std::int64_t now = timed || sampled_ ? started_ : clock_.now();
  const auto cost = static_cast<double>(std::clamp<std::int64_t>(now - last_sent_, 1, longest_ns));
  mean_handing_ns_ += (cost - mean_handing_ns_) / (mean_handing_ns_ == 0 ? 1 : 16);
  block_->handing_ns.store(static_cast<std::uint32_t>(mean_handing_ns_), std::memory_order_relaxed);
}

bool WorkerLoop::begin(std::uint32_t item) {
  item_ = item;
  const std::uint8_t flags = chunk_.flags;
  if ((flags & ring::flag_recallable) != 0 && !take_item(item)) [[unlikely]]
    return false;
  if (region_->header().dropping.load(std::memory_order_relaxed) != 0) [[unlikely]] {
    drop_rest(item);
    return false;
  }
  context_.index = chunk_.first_index + item;
  const bool timed = (flags & ring::flag_timed) != 0;
  // Calls that run programs are always measured, because a clock read costs little in comparison.
  const bool samples = region_->header().sampled || (flags & ring::flag_stoppable) != 0;
  sampled_ = !timed && samples && sampler_.due();
  const bool reads_clock = sampled_ || (timed && started_ == 0);
  if (reads_clock) started_ = clock_.now();
  if ((flags & (ring::flag_recallable | ring::flag_usage)) != 0) [[unlikely]] {
    if ((flags & ring::flag_recallable) != 0) measure_handing_over(item);
    if ((flags & ring::flag_usage) != 0) usage_.begin(started_);
  }
  if (watched_) [[unlikely]] {
    begin_watched(reads_clock);
  } else if (sampled_ || timed) {  // so that a call that loses its worker has a time too
    block_->begun_at.store(started_, std::memory_order_release);
  }
  PRUN_FAULT_POINT("about to begin");
  block_->begun.store(item + 1, std::memory_order_release);
  std::atomic_signal_fence(
      std::memory_order_seq_cst);  // the call must not be moved before it, because it may kill the process
  PRUN_FAULT_POINT("begun");
  ++tasks_run_;
  return true;
}

/// @param read_now `started_` is the time of this moment
[[gnu::noinline]] void WorkerLoop::begin_watched(bool read_now) {
  if (region_->header().clocked || sampled_) {
    block_->begun_at.store(read_now ? started_ : clock_.now(), std::memory_order_release);
  }
  if (region_->header().cpu_limit_us != 0) limits_.begin_call();
}

// One record for all items, because there may be a billion of them. The master releases their arguments.
void WorkerLoop::drop_rest(std::uint32_t item) {
  last = item;
  failure_bytes_.clear();
  wire::encode_failure(cancelled_failure("the pool was ended before the call began"), failure_bytes_);
  send(ring::RecordKind::dropped, failure_bytes_.data(), failure_bytes_.size());
}

void WorkerLoop::value(const void* data, std::size_t size) {
  if (in_forked_child()) [[unlikely]]
    end_forked_child();
  send(ring::RecordKind::value, static_cast<const char*>(data), size);
}

void WorkerLoop::failed(const std::exception_ptr& error) {
  if (in_forked_child()) [[unlikely]]
    end_forked_child(error);
  failure_bytes_.clear();
  Failure failure = failure_of(error);
  if (region_->header().memory_limited && failure.type == "std::bad_alloc") failure.kind = FailureKind::out_of_memory;
  wire::encode_failure(failure, failure_bytes_);
  send(ring::RecordKind::failure, failure_bytes_.data(), failure_bytes_.size());
}

void WorkerLoop::report_broken(const std::exception_ptr& error) {
  if (in_forked_child()) end_forked_child(error);
  failure_bytes_.clear();
  wire::encode_failure(failure_of(error), failure_bytes_);
  send(ring::RecordKind::broken, failure_bytes_.data(), failure_bytes_.size());
}

void WorkerLoop::send(ring::RecordKind kind, const char* data, std::size_t size) {
  if (watched_) [[unlikely]] {
    if (region_->header().clocked) end_clock();
    if (region_->header().cpu_limit_us != 0) limits_.end_call();
  }
  ring::Stamps stamps;  // NOLINT(cppcoreguidelines-pro-type-member-init): `timed` says which fields are set
  stamps.timed = ring::Timed::no;
  if (sampled_ || (chunk_.flags & ring::flag_timed) != 0) {
    const std::int64_t now = clock_.now();
    stamps.started = started_;
    stamps.duration = now - started_;
    started_ = now;
    last_sent_ = (chunk_.flags & ring::flag_recallable) != 0 ? now : 0;
    stamps.timed = ring::Timed::times;
    if (!region_->header().clocked) block_->begun_at.store(0, std::memory_order_release);
    if ((chunk_.flags & ring::flag_usage) != 0) usage_.end(stamps, now);
    if (std::exchange(sampled_, false)) sampler_.measured(stamps.duration);
  }
  const std::uint64_t whole = size;
  bool opens = size > results_.largest_piece();
  do {
    const std::size_t prefix = opens ? sizeof whole : 0;
    const std::size_t piece = std::min<std::size_t>(size, results_.largest_piece() - prefix);
    const bool more = piece < size;
    const ring::RecordHeader header{
        static_cast<std::uint32_t>(prefix + piece), kind, more, stamps.timed, opens, chunk_.id, item_};
    std::byte* place = room_for(header, &stamps);
    if (opens) std::memcpy(place, &whole, sizeof whole);
    place += prefix;
    opens = false;
    if (piece != 0) std::memcpy(place, data, piece);
    PRUN_FAULT_POINT("record written");
    results_.commit();
    data += piece;
    size -= piece;
  } while (size != 0);
  tell_master();
}

// The master condemns a call by a compare-and-swap on the same word. Either the call has ended before that and its outcome
// counts, or the worker stays in the call until it is killed.
void WorkerLoop::end_clock() {
  PRUN_FAULT_POINT("about to end the clock");
  if (block_->begun_at.exchange(0, std::memory_order_acq_rel) != ring::condemned) [[likely]]
    return;
  block_->begun_at.store(ring::condemned, std::memory_order_release);
  PRUN_FAULT_POINT("condemned");
  for (;;) ::pause();
}

std::byte* WorkerLoop::room_for(const ring::RecordHeader& header, const ring::Stamps* stamps) {
  for (;;) {
    if (std::byte* place = results_.begin(header, stamps)) return place;
    // Written before ringing, so that a master that was silent at the ring and is about to sleep sees it (may_sleep).
    block_->credit_wanted.store(1, std::memory_order_seq_cst);
    PRUN_FAULT_POINT("credit wanted");
    if (std::byte* place = results_.begin(header, stamps)) {
      block_->credit_wanted.store(0, std::memory_order_relaxed);
      return place;
    }
    bell_.ring();
    PRUN_FAULT_POINT("about to wait for credit");
    sys::futex_wait(block_->credit_wanted, 1);
  }
}

void WorkerLoop::tell_master() {
  const ring::Bell bell = bell_.armed();
  if (bell != ring::Bell::silent && (ring::wants_any(bell) || results_.half_full())) bell_.ring();
}

bool WorkerLoop::wait_for_tasks() {
  usage_.pause();
  last_sent_ = 0;
  const auto stopping = [this] { return region_->header().stopping.load(std::memory_order_seq_cst) != 0; };
  if (ring::wants_idle(bell_.armed()) && !results_.drained()) bell_.ring();
  if (sleepers_.begin_watch(worker_)) {
    PRUN_FAULT_POINT("watching");
    for (std::uint32_t spin = region_->header().watch_spins; spin != 0 && tasks_.empty() && !stopping(); --spin) {
      sys::spin_pause();
    }
    sleepers_.end_watch();
    PRUN_FAULT_POINT("watch ended");
    woken_ = true;
  }
  if (!tasks_.empty()) return true;
  if (stopping()) return false;
  sleepers_.sleep(worker_, [&] { return !tasks_.empty() || stopping(); });
  woken_ = true;
  return true;
}

}  // namespace worker
}  // namespace prun
