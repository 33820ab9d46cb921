#include "dispatch/dispatcher.hpp"

#include "dispatch/stored_chunk.hpp"
#include "task/cancelled.hpp"
#include "wire/failure.hpp"

#include <algorithm>
#include <utility>

namespace prun::dispatch {

using detail::AttemptInfo;
using detail::Job;
using ring::Chunk;
using ring::PayloadKind;

namespace {

constexpr std::size_t largest_kept = std::size_t{1} << 20;  // capacity that a buffer keeps for the next chunk

Failure no_memory(std::string message) {
  Failure failure;
  failure.kind = FailureKind::bad_arguments;
  failure.type = "prun::ArgumentError";
  failure.message = std::move(message);
  return failure;
}

std::uint8_t flags_of(const Job& job) noexcept {
  std::uint8_t flags = 0;
  if (job.timed) flags |= ring::flag_timed;
  if (job.timed && job.measured) flags |= ring::flag_usage;
  if (job.adaptive) flags |= ring::flag_recallable;
  return flags;
}

Usage usage_of(const ring::Stamps& stamps) noexcept {
  return {std::chrono::microseconds(stamps.user_us), std::chrono::microseconds(stamps.system_us),
          std::uint64_t{stamps.max_rss_kib} * 1024, stamps.minor_faults, stamps.major_faults};
}

}  // namespace

Dispatcher::Dispatcher(Backend& backend, ring::Arena& arena, const Limits& limits)
    : backend_(&backend), arena_(&arena), limits_(limits), partial_(limits.workers) {}

Dispatcher::~Dispatcher() { fail_all(cancelled_failure("the pool was ended"), true); }

void Dispatcher::retain(Job& job) {
  if (job.references_++ == 0) job.self_ = job.shared_from_this();
}

void Dispatcher::release(Job& job) {
  if (--job.references_ == 0) const auto last = std::move(job.self_);
}

void Dispatcher::enqueue(const std::shared_ptr<Job>& job) {
  if (job->queued_) return;
  job->queued_ = true;
  retain(*job);
  jobs_.push_back(job.get());
}

bool Dispatcher::admits_more() const noexcept {
  if (!backend_->has_room()) return false;
  return arena_->used() < limits_.bytes || in_flight_ < std::size_t{limits_.workers} * 2;
}

std::uint64_t Dispatcher::feed() {
  std::uint64_t published = 0;
  while (has_pending() && admits_more()) {
    if (!requeued_.empty()) {
      publish_rest(requeued_.front());
      requeued_.pop_front();
      ++published;
      continue;
    }
    Job& job = *jobs_.front();
    if (publish_next_of(job)) {
      ++published;
    } else {
      jobs_.pop_front();
      job.queued_ = false;
      release(job);
    }
  }
  return !recallable_ || has_pending() ? published : published + split_chunks();
}

bool Dispatcher::next_chunk_of(Job& job) {
  spec_.payload.clear();
  spec_.is_range = false;
  spec_.stoppable = false;
  spec_.attempt = 1;
  spec_.count = 0;
  if (job.adaptive) [[unlikely]]
    prepare_adaptive(job);
  return job.next_chunk(spec_);
}

void Dispatcher::prepare_adaptive(Job& job) {
  job.adaptive->handing_out_costs(backend_->handing_cost());
  recallable_ = true;
}

bool Dispatcher::publish_next_of(Job& job) {
  if (!next_chunk_of(job)) return false;
  const std::uint32_t id = new_entry(job);
  InFlight& entry = entries_[id];
  if (store(spec_, entry.chunk, *arena_)) {
    if (spec_.payload.capacity() > largest_kept) std::string().swap(spec_.payload);
    entry.chunk.flags = flags_of(job);
    if (spec_.stoppable) entry.chunk.flags |= ring::flag_stoppable;
    entry.sharer = id;
    publish(id);
    return true;
  }
  const std::string size = std::to_string(spec_.payload.size()) + " bytes";
  job.on_discard(spec_.payload, 0, spec_.count);
  fail_rest(entry, no_memory(spec_.payload.size() > UINT32_MAX
                                 ? "the arguments of one chunk are limited to 4 GiB, these have " + size
                                 : "the shared memory has no room for arguments of " + size));
  return true;
}

std::uint32_t Dispatcher::new_entry(Job& job) {
  if (free_entries_.empty()) {
    free_entries_.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.emplace_back();
  }
  const std::uint32_t id = free_entries_.back();
  free_entries_.pop_back();
  InFlight& entry = entries_[id];
  entry.job = &job;
  entry.next_item = 0;
  entry.published = false;
  entry.chunk.id = id;
  ++in_flight_;
  retain(job);
  return id;
}

void Dispatcher::publish(std::uint32_t id) {
  InFlight& entry = entries_[id];
  entry.ticket = backend_->publish(entry.chunk, entry.job->call_number);
  entry.published = true;
}

/// Of a chunk that another worker had.
void Dispatcher::publish_rest(std::uint32_t id) {
  publish(id);
  const InFlight& entry = entries_[id];
  const Chunk& chunk = entry.chunk;
  entry.job->on_rest(chunk.first_index + entry.next_item, chunk.count - entry.next_item, chunk.attempt);
}

bool Dispatcher::on_record(std::uint32_t worker, std::int32_t pid, const ring::Record& record) {
  const auto& header = record.header;
  if (header.chunk >= entries_.size()) return false;
  InFlight& entry = entries_[header.chunk];
  if (entry.job == nullptr || header.item != entry.next_item || header.item >= entry.chunk.count) return false;
  PartialRecord& partial = partial_[worker];
  std::string_view payload = record.payload;
  if (header.first != 0 || header.more != 0 || partial.begun()) {
    if (!partial.take(record, *entry.job, entry.chunk.first_index + entry.next_item)) return false;
    if (header.more != 0) return true;
    if (!partial.complete()) return false;
    payload = partial.bytes();
  }
  if (header.kind == ring::RecordKind::dropped) [[unlikely]] {
    discard(entry, wire::decode_failure(payload));
    return true;
  }
  AttemptInfo info{0, 0, pid, entry.chunk.attempt};
  if (header.timed != ring::Timed::no) [[unlikely]] {
    info.started_ns = record.stamps.started;
    info.duration_ns = record.stamps.duration;
    if (header.timed != ring::Timed::times) info.usage = usage_of(record.stamps);
    if (entry.job->adaptive) [[unlikely]]
      entry.job->adaptive->measured(worker, std::chrono::nanoseconds(info.duration_ns));
  }
  const std::uint64_t index = entry.chunk.first_index + entry.next_item++;
  if (entry.next_item == entry.chunk.count) free_arguments(entry);  // before the result is copied any further
  if (partial.placed()) {
    entry.job->on_placed(index, info);
  } else if (header.kind == ring::RecordKind::value) {
    entry.job->on_value(index, payload, info);
  } else {
    entry.job->on_failure(index, wire::decode_failure(payload), info);
  }
  if (partial.begun()) partial = {};
  if (entry.next_item == entry.chunk.count) finish(entry);
  return true;
}

Dispatcher::InFlight* Dispatcher::find(std::uint64_t ticket) {
  const auto found = std::find_if(entries_.begin(), entries_.end(), [ticket](const InFlight& entry) {
    return entry.job != nullptr && entry.published && entry.ticket == ticket;
  });
  return found == entries_.end() ? nullptr : &*found;
}

const ring::Chunk* Dispatcher::chunk_of(std::uint64_t ticket) const {
  for (const InFlight& entry : entries_) {
    if (entry.job != nullptr && entry.published && entry.ticket == ticket) return &entry.chunk;
  }
  return nullptr;
}

std::optional<std::uint64_t> Dispatcher::index_without_outcome(std::uint64_t ticket, std::uint64_t item) const {
  for (const InFlight& entry : entries_) {
    if (entry.job == nullptr || !entry.published || entry.ticket != ticket) continue;
    const bool open = item >= entry.next_item && item < entry.chunk.count;
    return open ? std::optional(entry.chunk.first_index + item) : std::nullopt;
  }
  return std::nullopt;
}

void Dispatcher::on_worker_lost(LostWorker lost) {
  partial_[lost.worker] = {};
  InFlight* entry = lost.ticket ? find(*lost.ticket) : nullptr;
  if (entry == nullptr) return;
  if (lost.begun > entry->next_item) {
    AttemptInfo info{lost.started_ns, lost.duration_ns, lost.failure.pid, entry->chunk.attempt};
    if ((entry->chunk.flags & ring::flag_usage) != 0) info.usage = lost.usage;
    entry->job->on_failure(entry->chunk.first_index + entry->next_item++, std::move(lost.failure), info);
  }
  if (entry->next_item == entry->chunk.count) {
    finish(*entry);
    return;
  }
  entry->published = false;
  if (trim(*entry)) {
    requeued_.push_front(entry->chunk.id);
  } else {
    fail_rest(*entry, no_memory("no shared memory is left to send the rest of a dead worker's chunk to another"));
  }
}

// Keeps the items of the chunk that have no outcome yet. Returns false if there is no memory for them.
bool Dispatcher::trim(InFlight& entry) {
  Chunk& chunk = entry.chunk;
  switch (chunk.kind) {
    case PayloadKind::inline_range:
    case PayloadKind::arena_range:
      chunk.range.start = static_cast<std::int64_t>(static_cast<std::uint64_t>(chunk.range.start) +
                                                    entry.next_item * static_cast<std::uint64_t>(chunk.range.step));
      chunk.first_index += entry.next_item;
      chunk.count -= std::exchange(entry.next_item, 0);
      return true;
    case PayloadKind::inline_items: {
      if (entry.next_item == 0) return true;
      const auto offset = arena_->allocate(chunk.size);
      if (!offset) return false;
      move_items(chunk, *offset, *arena_);
      chunk.place.skip = entry.next_item;
      entry.sharer = chunk.id;
      return true;
    }
    case PayloadKind::arena_items: chunk.place.skip = entry.next_item; return true;
  }
  return false;
}

/// No worker needs them any more.
void Dispatcher::free_arguments(InFlight& entry) {
  Chunk& chunk = entry.chunk;
  if (is_in_arena(chunk)) free_bytes(entry, place_in_arena(chunk));
  chunk.kind = PayloadKind::inline_items;
  chunk.size = 0;
}

/// Leaves the circle of those that share the bytes. The last one frees them.
void Dispatcher::free_bytes(InFlight& entry, std::uint64_t place) {
  if (entry.sharer == entry.chunk.id) return arena_->free(place, entry.chunk.size);
  std::uint32_t before = entry.sharer;
  while (entries_[before].sharer != entry.chunk.id) before = entries_[before].sharer;
  entries_[before].sharer = std::exchange(entry.sharer, entry.chunk.id);
}

void Dispatcher::finish(InFlight& entry) {
  free_arguments(entry);
  Job& job = *std::exchange(entry.job, nullptr);
  free_entries_.push_back(entry.chunk.id);
  --in_flight_;
  release(job);
}

void Dispatcher::discard(InFlight& entry, const Failure& failure) {
  const std::uint32_t skipped = entry.chunk.kind == PayloadKind::arena_items ? entry.chunk.place.skip : 0;
  entry.job->on_discard(payload_of(entry.chunk, *arena_), std::max(skipped, entry.next_item), entry.chunk.count);
  fail_rest(entry, failure);
}

void Dispatcher::fail_rest(InFlight& entry, const Failure& failure) {
  const std::uint32_t first = std::exchange(entry.next_item, entry.chunk.count);
  entry.job->on_failures(entry.chunk.first_index + first, entry.chunk.count - first, failure,
                         AttemptInfo{0, 0, 0, entry.chunk.attempt});
  finish(entry);
}

// Takes the chunks that the job has not handed out yet and fails them.
void Dispatcher::fail_queued(Job& job, const Failure& failure) {
  while (next_chunk_of(job)) {
    job.on_discard(spec_.payload, 0, spec_.count);
    job.on_failures(spec_.first_index, spec_.count, failure, AttemptInfo{});
  }
}

void Dispatcher::cancel(Job& job, const Failure& failure) {
  const std::shared_ptr<Job> keep = job.shared_from_this();
  for (InFlight& entry : entries_) {
    if (entry.job != &job) continue;
    if (entry.published) {
      if (backend_->withdraw(entry.ticket)) discard(entry, failure);
    } else {
      std::erase(requeued_, entry.chunk.id);
      discard(entry, failure);
    }
  }
  if (job.queued_) {
    std::erase(jobs_, &job);
    job.queued_ = false;
    release(job);
  }
  fail_queued(job, failure);
}

void Dispatcher::fail_all(const Failure& failure, bool running) {
  requeued_.clear();
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    InFlight& entry = entries_[i];
    if (entry.job == nullptr) continue;
    if (!entry.published || backend_->withdraw(entry.ticket)) {
      discard(entry, failure);
    } else if (running) {
      fail_rest(entry, failure);  // its worker has had the payload
    }
  }
  while (!jobs_.empty()) {
    Job& job = *jobs_.front();
    jobs_.pop_front();
    job.queued_ = false;
    fail_queued(job, failure);
    release(job);
  }
}

}  // namespace prun::dispatch
